using System.Text.RegularExpressions;
using BufferLifetime.Analyzers.Flow;

namespace BufferLifetime.Analyzers.Tests.Documentation.Timelines;

/// <summary>The words for what the engine knows.</summary>
internal static partial class TimelineWords
{
    /// <summary>How a way out is told that leaves something held.</summary>
    public const string LeavesHeld = "leaves: still held";

    /// <summary>What a fixed statement held, after its end.</summary>
    public static readonly LaneState Unfixed = new("free to move", "gone");

    public static string NameOf(Resource resource) =>
        resource.Kind == ResourceKind.Loan ? resource.Member?.Name ?? "operation" : resource.Name ?? resource.Kind.Name;

    public static string Released(Resource resource) => resource.Kind == ResourceKind.Rental ? "returned" : "released";

    public static string KindOf(Resource resource) => resource.Kind == ResourceKind.Loan ? "operation" : resource.Kind.Name;

    /// <summary>What an acquisition did.</summary>
    public static string Acquired(Resource resource, Hold hold) => resource.Kind switch
    {
        var kind when kind == ResourceKind.Iterator => (hold.Holding & Holding.UserBacked) != 0 ? "describes its caller's memory" : "describes memory that stays in place",
        var kind when kind == ResourceKind.Rental || kind == ResourceKind.Owner => "rented",
        var kind when kind == ResourceKind.Pin => "pinned",
        var kind when kind == ResourceKind.Native => "allocated",
        var kind when kind == ResourceKind.Loan => "operation starts",
        var kind when kind == ResourceKind.Fixed => "fixed in place",
        var kind when kind == ResourceKind.PipeRead => "lent by the pipe",
        var kind when kind == ResourceKind.Import => "imported",
        var kind when kind == ResourceKind.Root => "kept reachable",
        _ => hold.Holding switch
        {
            Holding.HeldPin => "extracted: pinned",
            Holding.HeldGet => "extracted: held by reference",
            Holding.HeldNone => "extracted: nothing is held",
            Holding.NotAcquired => "nothing extracted",
            _ => "acquired",
        },
    };

    /// <summary>What a fact does to one of the lanes; null for what does not concern them.</summary>
    public static string? Describe(Step step, IReadOnlyList<Resource> lanes, Body body)
    {
        if (step.Fact is not { } fact)
        {
            Resource[] held = [.. lanes.Where(lane => (step.Before.HoldOf(lane.Id).Holding & Holding.AnyHeld) != 0 && !step.Before.HoldOf(lane.Id).MayBeTaken)];
            return held.Length == 0 ? null
                : held.All(lane => lane.Kind == ResourceKind.Loan) ? "leaves, with the operation pending"
                : held.All(lane => lane.Kind == ResourceKind.Fixed) ? "leaves, and the pin ends"
                : LeavesHeld;
        }

        Resource? made = lanes.FirstOrDefault(lane => lane.Id == fact.Resource);
        bool concerns = lanes.Any(lane => Refers(step, fact.Target, lane) || Refers(step, fact.Source, lane));
        bool changes = lanes.Any(lane => !Equals(step.Before.HoldOf(lane.Id), step.After.HoldOf(lane.Id)));
        return fact.Kind switch
        {
            FactKind.Acquire when made is not null => Acquired(made, step.After.HoldOf(made.Id)),
            FactKind.Lend when made is not null => "operation starts",
            FactKind.Release when changes || lanes.Any(lane => Transfer.Released(fact, step.Before, body).Refers(lane.Id)) => Released(lanes[0]),
            FactKind.Suspend when changes => "suspends",
            FactKind.Complete when changes => "completed",
            FactKind.Escape when concerns => fact.Departure switch
            {
                Departure.Returned => "handed to the caller",
                Departure.Stored or Departure.StoredInThis => "stored",
                Departure.Captured => "captured",
                _ => changes ? "handed on" : null,
            },
            FactKind.Use when concerns => fact.Writes ? "written" : "used",
            FactKind.Keep when concerns || step.Meets.Count > 0 => "kept beyond the call",
            FactKind.Advance when concerns => "advanced",
            FactKind.Inspect when step.Meets.Count > 0 => "asked",
            FactKind.Announce => "success reported",
            FactKind.Assign when changes => "overwritten",
            _ => null,
        };
    }

    /// <summary>How a lane is, on one path.</summary>
    public static LaneState? StateOf(Resource lane, Hold hold) => hold.Holding switch
    {
        Holding.Nothing => null,
        _ when lane.Kind == ResourceKind.Fixed || lane.Kind == ResourceKind.Borrowed => Held(lane),
        Holding.NotAcquired => new LaneState("nothing taken", "none"),
        Holding.HeldNone => new LaneState("nothing held", "none"),
        Holding.HeldGet => new LaneState("reference", "weak"),
        Holding.HeldPin => new LaneState("pinned", "held"),
        Holding.UserBacked => new LaneState("caller's memory", "held"),
        Holding.Stable => new LaneState("stays in place", "held"),
        Holding.Stale => new LaneState("moved or reused", "gone"),
        Holding.HandedOn => new LaneState("handed on", "none"),
        Holding.Released when lane.Kind == ResourceKind.Loan => new LaneState("completed", "none"),
        Holding.Released or Holding.Dangling when lane.Kind == ResourceKind.Rental || lane.Kind == ResourceKind.Owner => new LaneState("in the pool", "gone"),
        Holding.Released or Holding.Dangling or Holding.Gone => new LaneState("released", "gone"),
        var state when (state & Holding.AnyHeld) != 0 => Held(lane),
        var state when (state & Holding.Stale) != 0 => new LaneState("moved or reused", "gone"),
        var state when (state & Holding.UserBacked) != 0 => new LaneState("caller's memory", "held"),
        _ => new LaneState("unknown", "none"),
    };

    public static LaneState Held(Resource lane) => lane.Kind switch
    {
        var kind when kind == ResourceKind.Loan => new LaneState("pending", "pending"),
        var kind when kind == ResourceKind.Rental || kind == ResourceKind.Owner => new LaneState("rented", "held"),
        var kind when kind == ResourceKind.Pin => new LaneState("pinned", "held"),
        var kind when kind == ResourceKind.Root => new LaneState("can move", "weak"),
        var kind when kind == ResourceKind.Fixed => new LaneState("fixed", "held"),
        var kind when kind == ResourceKind.PipeRead => new LaneState("lent", "held"),
        var kind when kind == ResourceKind.Borrowed => new LaneState("borrowed", "held"),
        var kind when kind == ResourceKind.Native => new LaneState("allocated", "held"),
        _ => new LaneState("held", "held"),
    };

    /// <summary>What may have happened to a lane between its end and the step that meets it; null where it has not ended.</summary>
    public static string? HazardBefore(Step step, IReadOnlyList<Resource> lanes)
    {
        foreach (Resource lane in lanes)
        {
            Holding holding = step.Before.HoldOf(lane.Id).Holding;
            string? hazard = lane.Kind == ResourceKind.Iterator && (holding & Holding.Stale) != 0 ? "the caller goes on: its memory is moved, or holds other data"
                : (holding & (Holding.Released | Holding.Dangling)) == 0 || lane.Kind == ResourceKind.Loan ? null
                : lane.Kind == ResourceKind.Rental || lane.Kind == ResourceKind.Owner ? "the pool rents the same array to somebody else"
                : lane.Kind == ResourceKind.PipeRead ? "the pipe writes new bytes into the same memory"
                : lane.Kind == ResourceKind.Native ? "the same block is given to somebody else"
                : lane.Kind == ResourceKind.Folio ? "the block is freed, and given to somebody else"
                : lane.Kind == ResourceKind.Import || lane.Kind == ResourceKind.Registration ? "the buffer is lent to somebody else"
                : "the garbage collector moves the buffer";
            if (hazard is not null)
                return hazard;
        }

        return null;
    }

    /// <summary>What follows from the report: the harm that its message tells, or what is held at that point.</summary>
    public static string HazardAfter(Step step, IReadOnlyList<Resource> lanes, string message)
    {
        if (lanes.FirstOrDefault(lane => lane.Kind == ResourceKind.Loan && step.After.HoldOf(lane.Id).Holding == Holding.Held) is { } pending && step.Fact?.Kind == FactKind.Release)
            return $"{NameOf(pending)} goes on with memory that is somebody else's now";
        if (Harm().Match(message) is { Success: true } harm)
            return harm.Groups[1].Value;
        if (step.Fact?.Kind == FactKind.Release)
            return "what is still in use is somebody else's now";

        Resource? kept = lanes.FirstOrDefault(lane => (step.After.HoldOf(lane.Id).Holding & Holding.AnyHeld) != 0);
        return kept is null ? message.Split(". ")[0]
            : kept.Kind == ResourceKind.Rental || kept.Kind == ResourceKind.Owner ? "the pool has one buffer less, and allocates another"
            : kept.Kind == ResourceKind.Import ? "nobody gives it back: the buffer cannot be reused or unregistered"
            : kept.Kind == ResourceKind.Native ? "nobody frees it: the block is lost"
            : "nobody gives it back: the memory stays held, for good";
    }

    private static bool Refers(Step step, int place, Resource lane) => step.Before.RefsOf(place).Where(static r => r.Kind < RefRole.Account).Refers(lane.Id);

    [GeneratedRegex(@": ([^.]+)\.(?: |$)")]
    private static partial Regex Harm();
}
