namespace BufferLifetime.Analyzers.Tests.Matrix;

/// <summary>What can lie around a mistake, and what the compiler makes of it.</summary>
internal sealed record Shape(string Name, Func<Seed, bool, string> Write)
{
    public static IReadOnlyList<Shape> All { get; } =
    [
        new("straight line", static (seed, wrong) => Method(seed, seed.Open("made") + seed.Act(wrong, "made", "made"))),
        new("branch", static (seed, wrong) => Method(seed, seed.Open("made") + "if (Any.Chance())" + seed.Act(wrong, "made", "made") + "else" + seed.Act(false, "made", "made"))),
        new("loop", static (seed, wrong) => Method(seed, "for (int i = 0; i < 3; i++) {" + seed.Open("made") + seed.Act(wrong, "made", "made") + "}")),
        new("early return", static (seed, wrong) => Method(seed, seed.Open("made") + "if (Any.Chance()) {" + seed.Act(wrong, "made", "made") + "return; }" + seed.Act(false, "made", "made"))),
        new("try/catch", static (seed, wrong) => Method(seed, seed.Open("made") + "try { Any.Risk(); } catch (IOException) {" + seed.Act(wrong, "made", "made") + "return; }" + seed.Act(false, "made", "made"))),
        new("finally", static (seed, wrong) => Method(seed, seed.Open("made") + "try { Any.Risk(); } finally" + seed.Act(wrong, "made", "made"))),
        new("using", static (seed, wrong) => Method(seed, "using (var scope = new MemoryStream()) {" + seed.Open("made") + seed.Act(wrong, "made", "made") + "Any.Keep(scope); }")),
        new("lambda", static (seed, wrong) => seed.Awaits
            ? Method(seed, "Func<Task> run = async () => {" + seed.Open("made") + seed.Act(wrong, "made", "made") + "}; await run();")
            : Method(seed, "Action run = () => {" + seed.Open("made") + seed.Act(wrong, "made", "made") + "}; run();")),
        new("local function", static (seed, wrong) => seed.Awaits
            ? Method(seed, "await Run(); async Task Run() {" + seed.Open("made") + seed.Act(wrong, "made", "made") + "}")
            : Method(seed, "Run(); void Run() {" + seed.Open("made") + seed.Act(wrong, "made", "made") + "}")),
        new("async", static (seed, wrong) => Method(seed, "await Any.Pause();" + seed.Open("made") + seed.Act(wrong, "made", "made"), "async Task")),
        new("iterator", static (seed, wrong) => Method(seed, "yield return 1; {" + seed.Open("made") + seed.Act(wrong, "made", "made") + "} yield return 2;", seed.Awaits ? "async IAsyncEnumerable<int>" : "IEnumerable<int>")),
        new("alias", static (seed, wrong) => Method(seed, seed.Open("made") + $"{seed.Type} alias = made;" + seed.Act(wrong, "made", "alias"))),
        new("field", static (seed, wrong) => $"private {seed.Type} _made = default!;" + Method(seed, seed.OpenInto("_made") + seed.Act(wrong, "_made", "_made"))),
        new("tuple", static (seed, wrong) => Method(seed, $"({seed.Type} Made, int Number) pair = default; " + seed.OpenInto("pair.Made") + seed.Act(wrong, "pair.Made", "pair.Made"))),
        new("out", static (seed, wrong) => Method(seed, seed.OpenInto("made") + seed.Act(wrong, "made", "made"), parameters: $"out {seed.Type} made, ")),
    ];

    private static string Method(Seed seed, string statements, string? returned = null, string parameters = "") => $$"""
        {{seed.Members}}
            public {{returned ?? (seed.Awaits ? "async Task" : "void")}} M({{parameters}}Memory<byte> memory, byte[] bytes, BvecEntry[] entries, Stream stream, PipeReader reader, RegisteredBufferTable table)
            {
                {{statements}}
            }
        """;
}
