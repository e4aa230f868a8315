namespace BufferLifetime.Analyzers.Tests.Matrix;

/// <summary>
/// One mistake, told apart from what is around it: what is made, what is wrong to do with it, and what is right. In the texts <c>$x</c> is what
/// was made, and <c>$y</c> the same by the name that the shape knows it by in the end.
/// </summary>
/// <param name="Rule">The rule that finds the mistake.</param>
/// <param name="Name">What tells seeds of one rule apart.</param>
/// <param name="Type">The type of what is made.</param>
/// <param name="Make">The expression that makes it.</param>
/// <param name="Wrong">Statements with the mistake.</param>
/// <param name="Right">The same statements, repaired.</param>
internal sealed record Seed(string Rule, string Name, string Type, string Make, string Wrong, string Right)
{
    /// <summary>Statements before it is made.</summary>
    public string Before { get; init; } = "";

    /// <summary>Statements after it is made, the same with the mistake and without.</summary>
    public string After { get; init; } = "";

    /// <summary>Members that the statements need.</summary>
    public string Members { get; init; } = "";

    /// <summary>Whether the statements await something.</summary>
    public bool Awaits { get; init; }

    public string Open(string x) => $"{Before} {Type} {x} = {Make}; {Named(After, x, x)}";

    /// <summary>As <see cref="Open"/>, into something that is declared already.</summary>
    public string OpenInto(string x) => $"{Before} {x} = {Make}; {Named(After, x, x)}";

    public string Act(bool wrong, string x, string y) => "{ " + Named(wrong ? Wrong : Right, x, y) + " }";

    private static string Named(string text, string x, string y) =>
        text.Replace("$x", x, StringComparison.Ordinal).Replace("$y", y, StringComparison.Ordinal);

    public override string ToString() => $"{Rule} {Name}";
}
