namespace BufferLifetime.Analyzers.Flow;

/// <summary>What sort of thing an acquisition makes. Rules choose by kind; the flow only asks for its traits.</summary>
internal sealed class ResourceKind
{
    /// <summary>Pages extracted into fragments that the caller holds.</summary>
    public static readonly ResourceKind Pages = new("pages") { HasMode = true, IsMadeOfPieces = true, IsGivenWhole = true };

    /// <summary>An owner of extracted pages that remembers their mode.</summary>
    public static readonly ResourceKind Lease = new("lease") { HasMode = true, IsReference = true, IsGivenWhole = true };

    /// <summary>An iterator over scattered memory.</summary>
    public static readonly ResourceKind Iterator = new("iterator") { EndsAtSuspension = true };

    /// <summary>What a registered buffer table lends, until its owner is disposed.</summary>
    public static readonly ResourceKind Import = new("import") { IsGivenWhole = true };

    /// <summary>Memory of the caller or of the garbage collector, which nobody gives back.</summary>
    public static readonly ResourceKind Memory = new("memory");

    /// <summary>Memory that the caller gave for the time of the call.</summary>
    public static readonly ResourceKind Borrowed = new("caller's memory");

    /// <summary>A buffer that its owner lets others transfer in one direction.</summary>
    public static readonly ResourceKind Lender = new("lent buffer");

    /// <summary>A slot of a registered buffer table.</summary>
    public static readonly ResourceKind Registration = new("registration");

    /// <summary>A block with a lifetime of its own, whose creator holds the first reference.</summary>
    public static readonly ResourceKind Folio = new("folio") { IsCounted = true, IsGivenWhole = true };

    /// <summary>Memory pinned by a handle.</summary>
    public static readonly ResourceKind Pin = new("pin") { IsCallbackState = true, IsHandle = true, ClearsItsVariable = true, IsGivenWhole = true };

    /// <summary>An object kept reachable, not kept in place, by a handle.</summary>
    public static readonly ResourceKind Root = new("handle") { IsCallbackState = true, IsHandle = true, ClearsItsVariable = true, IsGivenWhole = true };

    /// <summary>An array of a pool.</summary>
    public static readonly ResourceKind Rental = new("array") { IsAlwaysThere = true, IsReference = true, IsGivenWhole = true };

    /// <summary>Memory of a pool behind an owner object.</summary>
    public static readonly ResourceKind Owner = new("owner") { IsReference = true, IsGivenWhole = true };

    /// <summary>Memory outside the managed heap.</summary>
    public static readonly ResourceKind Native = new("block") { IsHandle = true, IsItsAddress = true, IsGivenWhole = true };

    /// <summary>What a fixed statement holds in place until its end.</summary>
    public static readonly ResourceKind Fixed = new("fixed");

    /// <summary>A native overlapped structure, with what it pins.</summary>
    public static readonly ResourceKind Overlapped = new("overlapped") { IsCallbackState = true, IsHandle = true };

    /// <summary>What native overlapped structures are made of again and again, with what it pins.</summary>
    public static readonly ResourceKind Preallocated = new("overlapped") { IsHandle = true };

    /// <summary>A reference that keeps a safe handle from being closed.</summary>
    public static readonly ResourceKind HandleReference = new("handle reference") { IsHandle = true, OutlastsDisposal = true };

    /// <summary>An object that closes a handle of the system when it is disposed; the handle itself is a view of it.</summary>
    public static readonly ResourceKind SafeHandle = new("handle");

    /// <summary>What a pipe reader lent until it is advanced.</summary>
    public static readonly ResourceKind PipeRead = new("pipe buffer") { IsTakenBackUnnamed = true };

    /// <summary>What a pipe writer lent to be filled until it is advanced.</summary>
    public static readonly ResourceKind PipeWrite = new("pipe buffer");

    /// <summary>What a started operation holds until it completes.</summary>
    public static readonly ResourceKind Loan = new("operation");

    /// <summary>An operation that used up a part of an iterator; followed to see whether it failed before the iterator is used again.</summary>
    public static readonly ResourceKind Attempt = new("attempt");

    /// <summary>Whatever a caller gave: followed to see what its callee does with it.</summary>
    public static readonly ResourceKind Given = new("argument") { HasMode = true };

    /// <summary>The pieces in an array that a caller gave.</summary>
    public static readonly ResourceKind GivenPieces = new("pieces") { HasMode = true, IsMadeOfPieces = true };

    private ResourceKind(string name) => Name = name;

    public string Name { get; }

    /// <summary>Whether the way it was taken (reference, pin, nothing) decides how it is released.</summary>
    public bool HasMode { get; private init; }

    /// <summary>Whether it is nothing but the pieces that it consists of: who has those, through whatever storage, has it.</summary>
    public bool IsMadeOfPieces { get; private init; }

    /// <summary>Whether it is valid only until its method leaves the caller's stack.</summary>
    public bool EndsAtSuspension { get; private init; }

    /// <summary>Whether it keeps an object or a block outside the garbage collector's reach until it is released by hand.</summary>
    public bool IsHandle { get; private init; }

    /// <summary>Whether others can keep it by references of their own: what became of it once it was handed on is never known.</summary>
    public bool IsCounted { get; private init; }

    /// <summary>Whether native code that is given it hands it to the callback that releases it: the state of a completion.</summary>
    public bool IsCallbackState { get; private init; }

    /// <summary>Whether its release clears the variable that it is called on, so that a second release there meets nothing.</summary>
    public bool ClearsItsVariable { get; private init; }

    /// <summary>Whether there is always one to be had: only want of memory makes its acquisition fail, and then nothing is worth following.</summary>
    public bool IsAlwaysThere { get; private init; }

    /// <summary>Whether it is an object that variables refer to, so that two of them can be asked whether they have the same.</summary>
    public bool IsReference { get; private init; }

    /// <summary>Whether a method that makes one and returns it gives its caller all of it, to be released.</summary>
    public bool IsGivenWhole { get; private init; }

    /// <summary>Whether it is released by its address, so that whoever has any view of it can.</summary>
    public bool IsItsAddress { get; private init; }

    /// <summary>Whether it is taken back through what lent it, and what a callee leaves of it behind a reference is still a part of it.</summary>
    public bool IsTakenBackUnnamed { get; private init; }

    /// <summary>Whether it stays taken when the object that it was taken of is disposed.</summary>
    public bool OutlastsDisposal { get; private init; }

    public override string ToString() => Name;
}
