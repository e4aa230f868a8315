namespace BufferLifetime.Analyzers.Rules;

/// <summary>The IDs, by block. An ID does not change once it has shipped.</summary>
internal static class RuleIds
{
    // What the user wrote for the rules.
    public const string UnreadableContract = "BUF0001";

    // Modes: release the way you extracted.
    public const string MismatchedRelease = "BUF1001";
    public const string NotReleased = "BUF1002";
    public const string ReleasedTwice = "BUF1003";
    public const string UsedAfterRelease = "BUF1004";
    public const string WrongIterator = "BUF1005";
    public const string WrongCount = "BUF1006";
    public const string ResultIgnored = "BUF1007";

    // Direction: a reference is not a pin.
    public const string GetPagesWritten = "BUF1101";
    public const string LegacyCall = "BUF1102";
    public const string AgainstDirection = "BUF1103";
    public const string UnsupportedExtraction = "BUF1104";

    // Suspension: a user-backed iterator ends where its call does.
    public const string RetainedAcrossAwait = "BUF1201";
    public const string EscapesCall = "BUF1202";
    public const string ReleasedBeforeCompletion = "BUF1203";

    public const string BackingReleased = "BUF1204";
    public const string ReportedWhilePending = "BUF1205";
    public const string ConsumedReused = "BUF1206";
    public const string TouchedWhilePending = "BUF1207";

    // Registration and lending.
    public const string ImportNotReleased = "BUF1301";
    public const string UsedAfterUnregistration = "BUF1302";

    // The base class library: the same rules where everybody meets them.
    public const string PinNotReleased = "BUF2001";
    public const string PinMisused = "BUF2002";
    public const string PointerOutlivesPin = "BUF2003";
    public const string AddressOfMovable = "BUF2004";
    public const string UsedAfterReturn = "BUF2005";
    public const string ReturnedTwice = "BUF2006";
    public const string ReleasedWhilePending = "BUF2007";
    public const string RentalNotReturned = "BUF2008";
    public const string UsedAfterAdvance = "BUF2009";
    public const string ReleasedToAnother = "BUF2010";
    public const string FieldNotCleared = "BUF2011";
    public const string FieldOverwritten = "BUF2012";
    public const string HandleCopied = "BUF2013";
    public const string KeptBeyondCall = "BUF2014";
}
