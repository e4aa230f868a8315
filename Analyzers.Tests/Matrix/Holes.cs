namespace BufferLifetime.Analyzers.Tests.Matrix;

/// <summary>A seed, or all of a rule, that a shape makes no sense with.</summary>
internal sealed record Hole(string Rule, string? Name, string Shape, string Reason)
{
    public bool Covers(Seed seed) => seed.Rule == Rule && (Name is null || Name == seed.Name);
}

/// <summary>What the matrix leaves out, and why. A hole that starts to work has to be filled.</summary>
internal static class Holes
{
    /// <summary>Rules without a seed.</summary>
    public static IReadOnlyDictionary<string, string> WithoutSeed { get; } = new Dictionary<string, string>
    {
        ["BUF0001"] = "a contract file has no shape of code around it",
        ["BUF2014"] = "off by default, and about what a parameter's contract says, not about the code around its use",
    };

    private const string Callers = "what an out parameter holds is the caller's to release";
    private const string NoOut = "an async method has no out parameters (CS1988)";
    private const string AtItsOwnTime = "a lambda or local function runs at its own time: what it does to a field is not followed";
    private const string InField = "an iterator over its caller's memory is reported for being in a field at all (BUF1202)";

    public static IReadOnlyList<Hole> All { get; } =
    [
        new("BUF1002", null, "out", Callers),
        new("BUF1301", null, "out", Callers),
        new("BUF2001", null, "out", Callers),
        new("BUF2008", null, "out", Callers),
        new("BUF1201", null, "out", NoOut),
        new("BUF1203", null, "out", NoOut),
        new("BUF1205", null, "out", NoOut),
        new("BUF1207", null, "out", NoOut),
        new("BUF2007", null, "out", NoOut),
        new("BUF2009", null, "out", NoOut),
        new("BUF1201", null, "field", InField),
        new("BUF1202", null, "field", InField),
        new("BUF2011", null, "lambda", AtItsOwnTime),
        new("BUF2011", null, "local function", AtItsOwnTime),
        new("BUF2012", null, "lambda", AtItsOwnTime),
        new("BUF2012", null, "local function", AtItsOwnTime),
    ];

    public static Hole? For(Seed seed, Shape shape) => All.FirstOrDefault(hole => hole.Covers(seed) && hole.Shape == shape.Name);
}
