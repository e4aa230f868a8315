namespace UringCopy;

/// <summary>The error numbers that this program tells apart, as Linux has them on every architecture.</summary>
internal static class Errors
{
    public const int NotPermitted = 1;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int OutOfMemory = 12;
    public const int AccessDenied = 13;
    public const int Busy = 16;
    public const int Invalid = 22;
    public const int NotImplemented = 38;
    public const int NotSupported = 95;
}
