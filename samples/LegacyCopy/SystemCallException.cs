using System.Runtime.InteropServices;

namespace LegacyCopy;

/// <summary>A system call refused, with its error number (<c>errno</c>).</summary>
internal sealed class SystemCallException(string call, int error)
    : IOException($"{call} failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error})")
{
    /// <summary>The call does not exist in the running kernel or is not allowed in this process.</summary>
    public bool IsUnsupported { get; } = error is 38 or 78;

    /// <summary>Passes a result through, or throws for a negative one.</summary>
    public static long Check(string call, long result) =>
        result >= 0 ? result : throw new SystemCallException(call, (int)-result);
}
