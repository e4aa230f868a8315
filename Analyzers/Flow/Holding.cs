namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// What a path knows of one resource: the set of states it can be in. One bit on most paths; several where paths that no
/// condition tells apart were merged.
/// </summary>
[Flags]
internal enum Holding
{
    Nothing = 0,

    /// <summary>The acquisition failed or gave nothing (null, zero pages): no release is owed.</summary>
    NotAcquired = 1 << 0,

    /// <summary>Extracted in mode None: nothing was taken, nothing may be released.</summary>
    HeldNone = 1 << 1,

    /// <summary>Held by reference.</summary>
    HeldGet = 1 << 2,

    /// <summary>Held by pin.</summary>
    HeldPin = 1 << 3,

    /// <summary>Held, with no mode to tell: a rental, an owner, a handle, a started operation.</summary>
    Held = 1 << 4,

    Released = 1 << 5,

    /// <summary>Somebody else has it now, or may have it: no release is owed here, and none that follows is judged.</summary>
    HandedOn = 1 << 6,

    /// <summary>Released by an earlier call, and still in the field: a use or a release of it meets what was given back.</summary>
    Dangling = 1 << 10,

    /// <summary>Stands for several instances from one place in a loop, of which older ones are still referred to: nothing is judged by it.</summary>
    Several = 1 << 12,

    /// <summary>Released by the caller of the body before it called: a use of it is the caller's mistake, and told there.</summary>
    Gone = 1 << 11,

    /// <summary>An iterator over memory of its caller, still inside the call that made it.</summary>
    UserBacked = 1 << 7,

    /// <summary>An iterator over memory of its caller, after a suspension.</summary>
    Stale = 1 << 8,

    /// <summary>An iterator over memory that its creator keeps in place.</summary>
    Stable = 1 << 9,

    /// <summary>An iterator over memory that its creator keeps alive, and nobody in place: it may cross a suspension, and is extracted by pin.</summary>
    Movable = 1 << 13,

    AnyHeld = HeldGet | HeldPin | Held,
    AnyMode = HeldNone | HeldGet | HeldPin,
    UsersOwn = UserBacked | Stale,
    Pinnable = UsersOwn | Movable,
    NotUsers = Stable | Movable,
    AnyIterator = Pinnable | Stable,
}

/// <summary>Which way an iterator's bytes may flow, as far as the path knows.</summary>
[Flags]
internal enum Flowing
{
    Unknown = 0,
    Destination = 1,
    Source = 2,
}
