using System.Runtime.InteropServices;

namespace UringCopy;

/// <summary>There is no io_uring for this process. Nothing has begun, and the copy can be made in another way.</summary>
internal sealed class RingUnavailableException(string reason) : Exception(reason)
{
    /// <summary>Throws for a refusal that means so, and a <see cref="SystemCallException"/> for any other.</summary>
    /// <param name="call">What was refused.</param>
    /// <param name="result">A descriptor or a negative error number.</param>
    public static void ThrowIfRefused(string call, int result)
    {
        if (result >= 0)
            return;

        throw -result switch
        {
            Errors.NotImplemented => new RingUnavailableException("this kernel has no io_uring"),
            Errors.NotPermitted or Errors.AccessDenied => new RingUnavailableException("io_uring is not allowed for this process"),
            Errors.OutOfMemory => new RingUnavailableException($"{call} is limited by the memory that this user may lock (ulimit -l)"),
            Errors.Invalid or Errors.NotSupported => new RingUnavailableException($"{call} is refused: {Marshal.GetPInvokeErrorMessage(-result)}"),
            int error => (Exception)new SystemCallException(call, error),
        };
    }
}
