namespace UringCopy;

/// <summary>What the result of a read or a write means for a transfer that has to be complete.</summary>
internal static class Transfer
{
    /// <summary>What transfers past the page cache begin and end at, in memory and in the file: no device asks for more.</summary>
    public const int DirectAlignment = 4096;

    /// <summary>How far a transfer has got by one operation; it goes on from there.</summary>
    /// <param name="call">The operation.</param>
    /// <param name="result">Bytes, or a negative error number.</param>
    /// <param name="direct">Whether it goes on at an aligned position only.</param>
    /// <exception cref="SystemCallException">The operation failed.</exception>
    /// <exception cref="EndOfStreamException">There is no getting on: the source has become shorter, or the target takes nothing.</exception>
    public static long Progress(string call, long result, bool direct)
    {
        if (result is -Errors.Interrupted or -Errors.Again)
            return 0;

        SystemCallException.Check(call, result);
        long progress = direct ? result & -DirectAlignment : result;
        return progress > 0 ? progress : throw new EndOfStreamException($"{call} stopped before the end: the file was changed while it was copied.");
    }
}
