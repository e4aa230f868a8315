using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.BaseLibrary;
using BufferLifetime.Analyzers.Rules.Direction;
using BufferLifetime.Analyzers.Rules.Modes;
using BufferLifetime.Analyzers.Rules.Registration;
using BufferLifetime.Analyzers.Rules.Suspension;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Rules;

/// <summary>Every rule there is.</summary>
internal static class RuleCatalogue
{
    private static readonly (Wording Words, Func<Rule> Create)[] All =
    [
        (MismatchedRelease.Words, static () => new MismatchedRelease()),
        (NotReleased.Words, static () => new NotReleased()),
        (ReleasedTwice.Words, static () => new ReleasedTwice()),
        (UsedAfterRelease.Words, static () => new UsedAfterRelease()),
        (WrongIterator.Words, static () => new WrongIterator()),
        (WrongCount.Words, static () => new WrongCount()),
        (WrongCount.WordsOfZero, static () => new CountMayBeZero()),
        (ResultIgnored.Words, static () => new ResultIgnored()),
        (GetPagesWritten.Words, static () => new GetPagesWritten()),
        (LegacyCall.Words, static () => new LegacyCall()),
        (AgainstDirection.Words, static () => new AgainstDirection()),
        (UnsupportedExtraction.Words, static () => new UnsupportedExtraction()),
        (RetainedAcrossAwait.Words, static () => new RetainedAcrossAwait()),
        (RetainedAcrossAwait.WordsOfLater, static () => new UsedByLaterBody()),
        (EscapesCall.Words, static () => new EscapesCall()),
        (ReleasedBeforeCompletion.Words, static () => new ReleasedBeforeCompletion()),
        (BackingUsedAfterRelease.Words, static () => new BackingUsedAfterRelease()),
        (BackingUsedAfterRelease.WordsWhilePending, static () => new BackingReleasedWhilePending()),
        (ReportedWhilePending.Words, static () => new ReportedWhilePending()),
        (ConsumedReused.Words, static () => new ConsumedReused()),
        (TouchedWhilePending.Words, static () => new TouchedWhilePending()),
        (ImportNotReleased.Words, static () => new ImportNotReleased()),
        (UsedAfterUnregistration.Words, static () => new UsedAfterUnregistration()),
        (UsedAfterUnregistration.WordsOfSlot, static () => new EmptySlotUsed()),
        (PinNotReleased.Words, static () => new PinNotReleased()),
        (PinMisused.TwiceWords, static () => new PinMisused.Twice()),
        (PinMisused.UsedWords, static () => new PinMisused.Used()),
        (PinMisused.SpentWords, static () => new SpentOverlapped()),
        (PinMisused.UntakenWords, static () => new ReleasedUntaken()),
        (PointerOutlivesPin.Words, static () => new PointerOutlivesPin()),
        (PointerOutlivesPin.Words, static () => new KeptByNative()),
        (PointerOutlivesPin.Words, static () => new KeptUntilCallback()),
        (PointerOutlivesPin.Words, static () => new KeptUntilReleased()),
        (AddressOfMovable.Words, static () => new AddressOfMovable()),
        (UsedAfterReturn.Words, static () => new UsedAfterReturn()),
        (UsedAfterReturn.LeftWords, static () => new LeftWithOthers()),
        (ReturnedTwice.Words, static () => new ReturnedTwice()),
        (ReturnedTwice.TakenWords, static () => new ReleasedThoughTaken()),
        (ReleasedWhilePending.Words, static () => new ReleasedWhilePending()),
        (ReleasedWhilePending.Words, static () => new ReleasedUnderArguments()),
        (RentalNotReturned.ArrayWords, static () => new RentalNotReturned.Arrays()),
        (RentalNotReturned.OwnerWords, static () => new RentalNotReturned.Owners()),
        (RentalNotReturned.ArrayWords, static () => new ClearedTooEarly()),
        (RentalNotReturned.ArrayWords, static () => new NeverReturnedTo()),
        (UsedAfterAdvance.Words, static () => new UsedAfterAdvance()),
        (UsedAfterAdvance.ReadAgainWords, static () => new ReadWithoutAdvance()),
        (ReleasedToAnother.Words, static () => new ReleasedToAnother()),
        (ReleasedToAnother.OtherHeapWords, static () => new FreedByAnother()),
        (ReleasedToAnother.ForeignWords, static () => new ForeignOwner()),
        (PointerOutlivesPin.StackWords, static () => new StackOutlived()),
        (ReleasedWhilePending.Words, static () => new FreedBeforeCallback()),
        (TouchedWhilePending.Words, static () => new SharedByOperations()),
        (FieldNotCleared.ElementsWords, static () => new ElementsNotCleared()),
        (PinNotReleased.Words, static () => new CollectedPinsLost()),
        (PinNotReleased.Words, static () => new LostByCall()),
        (PinNotReleased.Words, static () => new OverlappedLost()),
        (PinNotReleased.Words, static () => new OverlappedKeptByCallback()),
        (PinNotReleased.Words, static () => new StateNeverFreed()),
        (PinNotReleased.Words, static () => new FailedStart()),
        (FieldNotCleared.Words, static () => new FieldNotCleared()),
        (FieldOverwritten.Words, static () => new FieldOverwritten()),
        (FieldOverwritten.Words, static () => new OverwrittenByOwnCall()),
        (HandleCopied.Words, static () => new HandleCopied()),
        (KeptBeyondCall.Words, static () => new KeptBeyondCall()),
        (KeptBeyondCall.Words, static () => new LeftInAnother()),
    ];

    /// <summary>What a rule says besides.</summary>
    private static readonly Wording[] FurtherWords = [PointerOutlivesPin.FinalizedWords, ReleasedToAnother.NeverRentedWords, ReleasedToAnother.OtherAddressWords, UsedAfterAdvance.LeftWords, FieldNotCleared.StructWords, ReturnedTwice.SharedWords];

    public static ImmutableArray<DiagnosticDescriptor> Descriptors { get; } = Collect();

    private static readonly int[][] Readers = FindReaders();

    /// <summary>How many rules there are.</summary>
    public static int Count => All.Length;

    /// <summary>The numbers of the rules that every way out is shown to.</summary>
    public static int[] ReadersOfExits { get; } = [.. Enumerable.Range(0, All.Length).Where(static rule => All[rule].Create().ReadsEveryExit)];

    /// <summary>The numbers of the rules that read facts of a kind.</summary>
    public static int[] ReadersOf(FactKind kind) => Readers[(int)kind];

    /// <summary>A fresh rule for one body.</summary>
    public static Rule Create(int rule) => All[rule].Create();

    private static int[][] FindReaders()
    {
        FactKind[][] reads = Array.ConvertAll(All, static rule => rule.Create().Reads);
        return Array.ConvertAll((FactKind[])Enum.GetValues(typeof(FactKind)), kind => (int[])[.. Enumerable.Range(0, All.Length).Where(rule => reads[rule].Contains(kind))]);
    }

    private static ImmutableArray<DiagnosticDescriptor> Collect()
    {
        ImmutableArray<DiagnosticDescriptor>.Builder descriptors = ImmutableArray.CreateBuilder<DiagnosticDescriptor>();
        foreach (Wording words in All.Select(static rule => rule.Words).Concat(FurtherWords))
        {
            descriptors.AddRange(words.Descriptors.Where(descriptor => !descriptors.Contains(descriptor)));
        }

        return descriptors.ToImmutable();
    }
}
