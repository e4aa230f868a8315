using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Flow;

internal enum FactKind
{
    Assign,
    Acquire,
    Release,
    Use,
    View,
    Lend,
    Complete,
    Suspend,
    Escape,

    /// <summary>A call of a method of the same instance, which may change its fields.</summary>
    CallSelf,
    Keep,

    /// <summary>A call takes over what it is given, and the object that it is made on gives it back when that is ended.</summary>
    Take,

    /// <summary>An object has what the call gave it until it is told to let go.</summary>
    Attach,
    Announce,
    Inspect,
    Demand,
    Advance,

    /// <summary>A number that must not be zero is computed with: a divisor, or one before the last of so many.</summary>
    Count,

    /// <summary>An entry of a table is used, emptied or filled.</summary>
    Entry,

    /// <summary>A member becomes a delegate, which calls it nobody knows when.</summary>
    Delegate,

    /// <summary>Of operations that were collected, one is known to be over, or to have failed: the others may be under way.</summary>
    Reopen,

    /// <summary>What stands behind a reference is given back, replaced, made, or left, by a call of which only the ways are known in which it can end.</summary>
    Replace,

    /// <summary>The result of a call tells how it went with what stood in one of its arguments.</summary>
    Outcome,

    /// <summary>A call fails where its own body says so, or an operation that was waited for has failed.</summary>
    Fail,
}

/// <summary>How a value leaves the sight of its body.</summary>
internal enum Departure
{
    None,

    /// <summary>Returned to the caller.</summary>
    Returned,

    /// <summary>Stored where it outlives the body: a field, an element of an unknown collection.</summary>
    Stored,

    /// <summary>Stored in a field of the instance whose method it is: the type keeps account of it.</summary>
    StoredInThis,

    /// <summary>Stored in an <c>out</c> parameter: the caller's when the body is left, and the body's own until then.</summary>
    StoredInParameter,

    /// <summary>Given to code that cannot be seen and that may keep it.</summary>
    Passed,

    /// <summary>Given to native code, which may hand it to a callback.</summary>
    PassedToNative,

    /// <summary>Captured by a lambda or local function.</summary>
    Captured,

    /// <summary>Taken over by a call whose contract says so.</summary>
    TakenOver,
}

/// <summary>One thing that happens to the lifetime of something, in evaluation order, with the operation that caused it.</summary>
internal sealed class Fact(FactKind kind, IOperation operation)
{
    public FactKind Kind { get; } = kind;

    public IOperation Operation { get; } = operation;

    /// <summary>What is written, acquired into, released, used; -1 for none.</summary>
    public int Target { get; init; } = -1;

    /// <summary>What is read: the source of an assignment, view or loan; -1 for none.</summary>
    public int Source { get; init; } = -1;

    /// <summary>The receiver of the call that acquires or keeps, or the delegate that is called and lends what it captures; -1 for none.</summary>
    public int Receiver { get; init; } = -1;

    /// <summary>The place through which an acquired resource can be given back; -1 for none.</summary>
    public int Keeper { get; init; } = -1;

    /// <summary>The scalar value assigned, if it can be followed.</summary>
    public Expression? Value { get; init; }

    /// <summary>The effect behind an acquisition, release, inspection, demand or advance.</summary>
    public Effect? Effect { get; init; }

    /// <summary>The resource that an acquisition or loan makes, or that a step of an iterator took; -1 for none.</summary>
    public int Resource { get; init; } = -1;

    /// <summary>For a step of an iterator that an operation needs: the resource that stands for the attempt; -1 where the caller moves it by hand.</summary>
    public int Attempt { get; init; } = -1;

    public Departure Departure { get; init; }

    /// <summary>For an escape: whether what leaves leads back to the buffer, or only to its bytes.</summary>
    public bool LeadsToOwner { get; init; }

    /// <summary>Whether an assignment is to a field of an object, by whatever name the object is known.</summary>
    public bool IsOfEveryName { get; init; }

    /// <summary>For what an object has from a call on: the members that let go of it and that read it.</summary>
    public Kept? Kept { get; init; }

    /// <summary>For a use: whether the address is taken, with nothing to hold it in place.</summary>
    public bool TakesAddress { get; init; }

    /// <summary>For a loan: which way the operation moves the bytes.</summary>
    public Flowing Moves { get; init; }

    /// <summary>Whether bytes are written through the used place.</summary>
    public bool Writes { get; init; }

    /// <summary>For a view: whether it is the resource itself again that is got back from what was derived from it.</summary>
    public bool Recovers { get; init; }

    /// <summary>How a view refers to what its source refers to.</summary>
    public RefRole Role { get; init; } = RefRole.View;

    /// <summary>Whether an acquisition puts what it takes into the storage in its target, which stays the same storage.</summary>
    public bool Fills { get; init; }

    /// <summary>For a loan: whether the operation may also take over what it is given, and release it when it is over.</summary>
    public bool MayTake { get; init; }

    /// <summary>Whether a view is of copies: only what consists of pieces is found in them, too.</summary>
    public bool Copies { get; init; }

    /// <summary>For a loan: whether a callback tells when it is over, to whoever waits for what the callback captured.</summary>
    public bool IsSignalled { get; init; }

    /// <summary>Whether a view adds to what its target refers to, as the elements of a new array do.</summary>
    public bool Accumulates { get; init; }

    /// <summary>Whether an assignment, or a step, stands for what a callee may have written: what lives no longer than the call is kept.</summary>
    public bool IsHavoc { get; init; }

    /// <summary>For a replacement: the ways in which it can end.</summary>
    public Replacement? Replacement { get; init; }

    /// <summary>For a replacement: the acquisition of what is made; null where nothing is.</summary>
    public Fact? Fresh { get; init; }

    /// <summary>The place that holds the call's result, for acquisitions that depend on it; -1 for none.</summary>
    public int ResultPlace { get; init; } = -1;

    /// <summary>The flags that an extraction is given, which say whether it asks for references instead of pins; null where it takes none.</summary>
    public Expression? Flags { get; init; }

    /// <summary>The direction that a call names; null where it names none.</summary>
    public Expression? Direction { get; init; }

    /// <summary>The member contracted for, if the fact comes from a call.</summary>
    public ISymbol? Member { get; init; }

    /// <summary>Whether control can leave for a handler at this point, before the fact has taken effect.</summary>
    public bool MayThrow { get; init; }

    /// <summary>What can be thrown at this point, where that is known: what a handler of something else never sees.</summary>
    public Failure Failure { get; init; }
}

/// <summary>What one acquisition site makes.</summary>
internal sealed class Resource(int id, ResourceKind kind, IOperation origin, ISymbol? member)
{
    private string? _serial;

    public int Id { get; } = id;

    /// <summary>Where in the source it was acquired, as a text that is the same in every run.</summary>
    public string Serial => _serial ??= Origin.Syntax.SyntaxTree.FilePath + "#" + Origin.Syntax.SpanStart + "#" + Kind;

    public ResourceKind Kind { get; } = kind;

    /// <summary>The operation that made it; a parameter's is the body.</summary>
    public IOperation Origin { get; } = origin;

    /// <summary>The member that made it, if a call did.</summary>
    public ISymbol? Member { get; } = member;

    /// <summary>The name the code knows it by.</summary>
    public string? Name { get; set; }

    public Effect.Acquire? Acquisition { get; init; }

    /// <summary>The iterator that it was extracted from, and the flags: whoever asks that what these mean is told how it is held.</summary>
    public (int Iterator, Expression Flags)? AskedBy { get; set; }

    /// <summary>Set for a resource that a field brings from an earlier call: what it was where it was acquired.</summary>
    public Resource? Original { get; init; }

    /// <summary>For a resource that a field brings: its position among those that the call began with, or -1.</summary>
    public int Position { get; init; } = -1;

    /// <summary>Set for a resource that a parameter brings.</summary>
    public IParameterSymbol? Parameter { get; init; }
}
