using System.Runtime.InteropServices;

namespace UringCopy;

/// <summary>A system call refused, with its error number (<c>errno</c>).</summary>
internal sealed class SystemCallException(string call, int error)
    : IOException($"{call} failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error})")
{
    /// <summary>The error number.</summary>
    public int Error { get; } = error;

    /// <summary>Passes a result through, or throws for a negative one, which is an error number as in the kernel.</summary>
    public static long Check(string call, long result) => result >= 0 ? result : throw new SystemCallException(call, (int)-result);
}
