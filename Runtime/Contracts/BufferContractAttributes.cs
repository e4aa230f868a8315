namespace BufferLifetime;

/// <summary>
/// The result, or the marked parameter, is a hold on a buffer that the caller gives back in the same mode. Analyzers read it on
/// anyone's API, matched by full name, so a project can declare its own copy.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Parameter | AttributeTargets.ReturnValue | AttributeTargets.Property)]
public sealed class AcquiresBufferAttribute : Attribute
{
    /// <summary>Marks an acquisition.</summary>
    /// <param name="mode">What is taken, and so which verb gives it back.</param>
    public AcquiresBufferAttribute(ExtractMode mode) => Mode = mode;

    /// <summary>What is taken, and so which verb gives it back.</summary>
    public ExtractMode Mode { get; }
}

/// <summary>The member, or the call that the marked parameter is passed to, gives a hold on a buffer back.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Parameter)]
public sealed class ReleasesBufferAttribute : Attribute
{
}

/// <summary>The marked parameter is used only until the call returns, or until the task it returned has completed.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Parameter)]
public sealed class BorrowsBufferAttribute : Attribute
{
}

/// <summary>The marked parameter is kept after the call: its owner changes hands.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Parameter)]
public sealed class RetainsBufferAttribute : Attribute
{
}

/// <summary>The result belongs to the receiver of the call: it is used only while the receiver is, and it is not released.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.ReturnValue)]
public sealed class ReturnsBorrowedAttribute : Attribute
{
}
