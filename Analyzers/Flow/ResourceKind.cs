namespace BufferLifetime.Analyzers.Flow;

/// <summary>What sort of thing an acquisition makes. Rules choose by kind; the flow only asks for its traits.</summary>
internal sealed class ResourceKind
{
    /// <summary>Pages extracted into fragments that the caller holds.</summary>
    public static readonly ResourceKind Pages = new("pages") { HasMode = true };

    /// <summary>An owner of extracted pages that remembers their mode.</summary>
    public static readonly ResourceKind Lease = new("lease") { HasMode = true };

    /// <summary>An iterator over scattered memory.</summary>
    public static readonly ResourceKind Iterator = new("iterator") { EndsAtSuspension = true };

    /// <summary>What a started operation holds until it completes.</summary>
    public static readonly ResourceKind Loan = new("operation");

    private ResourceKind(string name) => Name = name;

    public string Name { get; }

    /// <summary>Whether the way it was taken (reference, pin, nothing) decides how it is released.</summary>
    public bool HasMode { get; private init; }

    /// <summary>Whether it is valid only until its method leaves the caller's stack.</summary>
    public bool EndsAtSuspension { get; private init; }

    public override string ToString() => Name;
}
