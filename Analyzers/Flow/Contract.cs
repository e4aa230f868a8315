using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Flow;

/// <summary>Where in a call a value stands.</summary>
internal readonly record struct Slot(SlotKind Kind, int Index)
{
    public static readonly Slot Receiver = new(SlotKind.Receiver, 0);
    public static readonly Slot Result = new(SlotKind.Result, 0);

    public static Slot Argument(int index) => new(SlotKind.Argument, index);
}

internal enum SlotKind
{
    Receiver,
    Result,
    Argument,
}

/// <summary>What a member means to the lifetimes of the buffers that it meets. Data made by a protocol, read by the facts.</summary>
internal sealed class Contract(ImmutableArray<Effect> effects)
{
    public ImmutableArray<Effect> Effects { get; } = effects;

    /// <summary>Whether an exception is to be expected from the call: not from one that only looks, or only hands the same thing on.</summary>
    public bool MayThrow
    {
        get
        {
            foreach (Effect effect in Effects)
            {
                if (effect is Effect.Acquire { Kind.IsAlwaysThere: false } or Effect.Lend or Effect.Borrow or Effect.Retain or Effect.Complete)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether the result has nothing to do with buffers and there is always one to be had.</summary>
    public bool OnlyMakes => Effects.All(static effect => effect is Effect.Inspect { Target.Kind: SlotKind.Result } or Effect.First or Effect.Reopen);

    public bool Releases(Slot slot)
    {
        foreach (Effect effect in Effects)
        {
            if (effect is Effect.Release release && release.Target == slot)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether all that is said is of entries, or of what the result waits for: what else the call does, and keeps, is said nowhere.</summary>
    public bool IsBeside => Effects.All(static effect => effect is Effect.Entry { Change: not EntryChange.Shown } or Effect.Continue);

    /// <summary>Whether an effect says what becomes of what stands in <paramref name="slot"/>, not only what it has to be.</summary>
    public bool Names(Slot slot)
    {
        foreach (Effect effect in Effects)
        {
            if ((effect.Subject == slot && effect is not (Effect.Demand or Effect.Advance)) || (effect is Effect.Compare compare && compare.Other == slot))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What a contract says of one slot of a call.</summary>
internal abstract record Effect
{
    /// <summary>The slot that the effect speaks of.</summary>
    public abstract Slot Subject { get; }

    /// <summary>The call makes a resource and puts it in <paramref name="Target"/>.</summary>
    /// <param name="Target">Result, or the argument that is filled.</param>
    /// <param name="Kind">What is made.</param>
    /// <param name="Mode">The mode it is held in; <see cref="Holding.Nothing"/>: as <paramref name="ModeFrom"/> says.</param>
    /// <param name="ModeFrom">The iterator that decides the mode (user-backed: pin, stable: none).</param>
    /// <param name="When">What the call's result tells of success.</param>
    /// <param name="FlagsAt">The argument with extraction flags, or -1.</param>
    /// <param name="DirectionAt">The argument with the direction, or -1.</param>
    /// <param name="Direction">The direction where no argument says it.</param>
    /// <param name="Tag">A word of the protocol for its rules: legacy, for instance.</param>
    /// <param name="KeptBy">The slot that can give the resource back without naming it: the reader of a pipe.</param>
    /// <param name="IsKnownOnly">Whether this only gives a name to memory that nobody releases; what is known of it already stays.</param>
    /// <param name="Instead">Another kind where an argument has a given value.</param>
    public sealed record Acquire(
        Slot Target,
        ResourceKind Kind,
        Holding Mode,
        Slot? ModeFrom = null,
        Success When = Success.Always,
        int FlagsAt = -1,
        int DirectionAt = -1,
        Flowing Direction = Flowing.Unknown,
        string? Tag = null,
        Slot? KeptBy = null,
        KindByArgument? Instead = null,
        bool IsKnownOnly = false) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The call gives back what <paramref name="Target"/> holds.</summary>
    /// <param name="Target">What is released.</param>
    /// <param name="Accepts">The modes in which this is the right way.</param>
    /// <param name="Repeatable">Whether doing it twice does no harm.</param>
    /// <param name="OfPieces">Whether it releases the pieces that a resource consists of, wherever they are kept; else a thing as a whole.</param>
    /// <param name="Tag">A word of the protocol for its rules.</param>
    /// <param name="Kept">Set where not the target itself is released, but what of this kind it keeps.</param>
    public sealed record Release(Slot Target, Holding Accepts, bool Repeatable = false, bool OfPieces = false, string? Tag = null, ResourceKind? Kept = null) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The result is the address of <paramref name="Source"/>, and nothing holds that in place.</summary>
    public sealed record AddressOf(Slot Source) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>The result is the resource that <paramref name="Source"/> was derived from.</summary>
    public sealed record Recover(Slot Source) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>The result is what <paramref name="Target"/> referred to, which now refers to what stands in <paramref name="Value"/>.</summary>
    public sealed record Exchange(Slot Target, Slot Value) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The argument in <paramref name="Target"/> is set to something derived from <paramref name="From"/>.</summary>
    public sealed record Fill(Slot Target, Slot From) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The result is derived from <paramref name="Source"/> and lives no longer.</summary>
    public sealed record View(Slot Source, RefRole Role = RefRole.View) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>The elements of <paramref name="Source"/> are copied to <paramref name="Target"/>.</summary>
    public sealed record Copy(Slot Source, Slot Target) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>The result stands for <paramref name="Source"/> and what the call's other gathered slots hold.</summary>
    public sealed record Gather(Slot Source) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>The result stands for the wait for the first of the operations in <paramref name="Source"/>, and says which that was.</summary>
    public sealed record First(Slot Source) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>When the call is over, one of the operations in <paramref name="Source"/> is, and the others may be under way.</summary>
    public sealed record Reopen(Slot Source) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>The result begins when the operation of <paramref name="Source"/> is over, and stands for both.</summary>
    public sealed record Continue(Slot Source) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>The result is <paramref name="Source"/> itself under another type.</summary>
    public sealed record Same(Slot Source) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>The call's result tells whether <paramref name="Target"/> and <paramref name="Other"/> are the same object; neither is used.</summary>
    public sealed record Compare(Slot Target, Slot Other) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The call looks at the description of <paramref name="Target"/>, not at its bytes; its result tells <paramref name="What"/>.</summary>
    public sealed record Inspect(Slot Target, Inspection What, string? Tag = null) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The call uses <paramref name="Target"/> and keeps nothing of it.</summary>
    public sealed record Borrow(Slot Target, bool Writes = false) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The call takes <paramref name="Target"/> over: its release is no longer the caller's.</summary>
    public sealed record Retain(Slot Target) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The started operation holds <paramref name="Target"/> until the task that the call returns has completed.</summary>
    public sealed record Lend(Slot Target) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The call is right only for an iterator of the given direction, or over the given sort of memory.</summary>
    /// <param name="Target">The iterator.</param>
    /// <param name="Direction">The way its bytes must flow; unknown: either.</param>
    /// <param name="DirectionAt">The argument that says the direction, or -1.</param>
    /// <param name="Backing">The memory it must describe: <see cref="Holding.UserBacked"/>, <see cref="Holding.Stable"/>, or either.</param>
    public sealed record Demand(Slot Target, Flowing Direction = Flowing.Unknown, int DirectionAt = -1, Holding Backing = Holding.Nothing) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The call moves the iterator in <paramref name="Target"/>: what its members said before is not what they say after.</summary>
    /// <param name="Target">The iterator.</param>
    /// <param name="IsByHand">Whether it goes where the caller says: past what was transferred, or back to where it was.</param>
    /// <param name="Tells">Whether the result says how far it went, zero at the end.</param>
    public sealed record Advance(Slot Target, bool IsByHand = false, bool Tells = false) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The result stands for the operation of <paramref name="Source"/>, but can fail before that is over: by a time-out, by cancellation.</summary>
    public sealed record Outrun(Slot Source) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary>The result keeps what stands in <paramref name="Source"/> where it is: an address of that is good for as long.</summary>
    public sealed record KeepInPlace(Slot Source) : Effect
    {
        public override Slot Subject => Source;
    }

    /// <summary><paramref name="Target"/> has nothing to do any more with what it stood for.</summary>
    public sealed record Abandon(Slot Target) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The finalizer of <paramref name="Target"/> will not run any more.</summary>
    public sealed record Disarm(Slot Target) : Effect
    {
        public override Slot Subject => Target;
    }

    /// <summary>The call concerns the entry of <paramref name="Table"/> whose number stands in <paramref name="Index"/>.</summary>
    public sealed record Entry(Slot Table, Slot Index, EntryChange Change) : Effect
    {
        public override Slot Subject => Table;
    }

    /// <summary>The call tells others that what was to be done is done.</summary>
    public sealed record Announce : Effect
    {
        public override Slot Subject => Slot.Receiver;
    }

    /// <summary>The task in <paramref name="Target"/> has completed when the call returns.</summary>
    public sealed record Complete(Slot Target) : Effect
    {
        public override Slot Subject => Target;
    }
}

/// <summary>What a call does with an entry of a table.</summary>
internal enum EntryChange
{
    /// <summary>Uses what is in it, which has to be something.</summary>
    Used,

    /// <summary>Hands out a view of what is in it.</summary>
    Shown,

    /// <summary>Takes out what is in it.</summary>
    Emptied,

    /// <summary>Puts something in it.</summary>
    Filled,

    /// <summary>Puts something in it, or in any other.</summary>
    FilledAny,
}

/// <summary>What is acquired instead where the argument <paramref name="At"/> is the constant <paramref name="Value"/>.</summary>
internal sealed record KindByArgument(int At, int Value, ResourceKind Kind);

/// <summary>What the result of an acquisition tells of its success.</summary>
internal enum Success
{
    Always,

    /// <summary>Acquired exactly when the result is above zero.</summary>
    ResultPositive,

    /// <summary>Acquired exactly when the result is true.</summary>
    ResultTrue,

    /// <summary>Acquired exactly when the first argument, passed by reference, is set to true.</summary>
    ArgumentTrue,

    /// <summary>Acquired exactly when the first argument, passed by reference, is set to something.</summary>
    ArgumentSet,

    /// <summary>Acquired exactly when the result is something.</summary>
    ResultSet,

    /// <summary>May give nothing; a member of the result that inspects the amount tells.</summary>
    ResultTells,
}

/// <summary>What an inspecting member tells of a resource.</summary>
internal enum Inspection
{
    /// <summary>Nothing that the flow follows.</summary>
    Detail,

    /// <summary>True exactly when the iterator describes its caller's memory.</summary>
    IsUserBacked,

    /// <summary>True exactly when the iterator describes memory that can move: its caller's, or what nobody keeps in place.</summary>
    WillPin,

    /// <summary>The mode pages are held in, or would be extracted in.</summary>
    Mode,

    /// <summary>The direction of an iterator.</summary>
    Direction,

    /// <summary>The sort of memory that an iterator describes, of which some sorts are its caller's.</summary>
    Backing,

    /// <summary>Above zero exactly when something was acquired.</summary>
    Amount,

    /// <summary>Above zero exactly when something was acquired, of an owner that is there either way.</summary>
    LeaseAmount,

    /// <summary>True when what the object is signalled by has happened, false when the wait for it was given up.</summary>
    Signalled,

    /// <summary>True when the operation that the object stands for is over.</summary>
    Completed,

    /// <summary>True exactly when nothing was acquired.</summary>
    IsEmpty,

    /// <summary>True exactly when something is held.</summary>
    IsHeld,
}

/// <summary>Finds the contract of a member; made once per compilation by the protocols.</summary>
internal interface IContractSource
{
    Contract? Find(ISymbol member);

    /// <summary>What the parameter brings when a body receives it; null where nothing is followed.</summary>
    ParameterContract? FindParameter(IParameterSymbol parameter);

    /// <summary>The numeric values of the modes and directions that inspecting members return, by constant.</summary>
    Holding ModeOf(object? constant);

    Flowing DirectionOf(object? constant);

    /// <summary>Every value by which a member that tells the backing says that the memory is the caller's.</summary>
    IReadOnlyList<object> UserBackings { get; }

    /// <summary>Whether a value of the type stands for an operation under way that can be awaited.</summary>
    bool IsTask(ITypeSymbol? type);

    /// <summary>Whether code without a contract may keep what it is given in <paramref name="parameter"/>.</summary>
    bool MayKeep(IMethodSymbol method, IParameterSymbol parameter);

    /// <summary>Which way an operation that the method starts moves the bytes of the memory that it is given in <paramref name="parameter"/>.</summary>
    Flowing TransferOf(IMethodSymbol method, IParameterSymbol parameter);

    /// <summary>Whether, and where, the call surely keeps what it is given in <paramref name="parameter"/> when it has returned.</summary>
    Keeping KeepsFor(IMethodSymbol method, IParameterSymbol parameter);

    /// <summary>Whether the object that the constructor makes surely holds what it is given in <paramref name="parameter"/>, and no copy.</summary>
    bool WrapsWhatItIsGiven(IMethodSymbol constructor, IParameterSymbol parameter);

    /// <summary>Whether a flags constant asks for references instead of pins on a source.</summary>
    bool AsksForReferences(object? flags);

    /// <summary>Whether a flags constant lets an extraction meet the memory of a device.</summary>
    bool AllowsPeerMemory(object? flags);
}

/// <summary>What becomes of an argument when the call has returned.</summary>
internal enum Keeping
{
    Unknown,

    /// <summary>It is run, or handed to what is run, some time later.</summary>
    ForLater,

    /// <summary>It is in the receiver, for as long as that lives.</summary>
    InReceiver,
}

/// <summary>What a parameter holds on entry.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Entry">The states it can be in.</param>
/// <param name="Direction">For an iterator: which way its bytes flow.</param>
/// <param name="IsDeclared">Whether somebody has written it down for this parameter, not for its type.</param>
internal sealed record ParameterContract(ResourceKind Kind, Holding Entry, Flowing Direction, bool IsDeclared = false);
