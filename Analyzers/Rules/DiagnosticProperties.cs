using System.Collections.Immutable;

namespace BufferLifetime.Analyzers.Rules;

/// <summary>What a diagnostic carries for its fix, by name.</summary>
internal static class DiagnosticProperties
{
    /// <summary><c>certain</c> or <c>possible</c>.</summary>
    public const string Confidence = "confidence";

    /// <summary>The release verb that matches the mode.</summary>
    public const string Verb = "verb";

    /// <summary><c>twice</c> where the spot is a release and an earlier one has been done.</summary>
    public const string Released = "released";

    /// <summary>Set where the body runs after the call that brought what it uses: nothing in it comes early enough to help.</summary>
    public const string BeginsLater = "begins later";

    /// <summary>The value of <see cref="Released"/>.</summary>
    public const string Twice = "twice";

    /// <summary>What a finding carries that is sure.</summary>
    public static readonly ImmutableDictionary<string, string?> OfCertain = ImmutableDictionary<string, string?>.Empty.Add(Confidence, "certain");

    /// <summary>What a finding carries that is possible.</summary>
    public static readonly ImmutableDictionary<string, string?> OfPossible = ImmutableDictionary<string, string?>.Empty.Add(Confidence, "possible");
}
