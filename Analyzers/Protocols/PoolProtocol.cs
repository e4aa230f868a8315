using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Pools and blocks: rented arrays, owners of pooled memory, memory outside the managed heap.</summary>
internal static class PoolProtocol
{
    private const string Marshal = "System.Runtime.InteropServices.Marshal";
    private const string NativeMemory = "System.Runtime.InteropServices.NativeMemory";

    public static IEnumerable<Row> Rows()
    {
        yield return Method("System.Buffers.ArrayPool`1", "Rent").Acquires(Slot.Result, ResourceKind.Rental);
        yield return Method("System.Buffers.ArrayPool`1", "Return").Releases(Slot.Argument(0));

        yield return Method("System.Buffers.MemoryPool`1", "Rent").Acquires(Slot.Result, ResourceKind.Owner);
        yield return Property("System.Buffers.IMemoryOwner`1", "Memory").Views(Slot.Receiver);

        foreach (string allocate in new[] { "AllocHGlobal", "AllocCoTaskMem" })
        {
            yield return Method(Marshal, allocate).Acquires(Slot.Result, ResourceKind.Native);
        }

        foreach (string free in new[] { "FreeHGlobal", "FreeCoTaskMem", "FreeBSTR", "ZeroFreeBSTR", "ZeroFreeCoTaskMemAnsi", "ZeroFreeCoTaskMemUnicode", "ZeroFreeCoTaskMemUTF8", "ZeroFreeGlobalAllocAnsi", "ZeroFreeGlobalAllocUnicode" })
        {
            yield return Method(Marshal, free).Releases(Slot.Argument(0));
        }

        foreach (string text in new[] { "Ansi", "Auto", "Uni" })
        {
            yield return Method(Marshal, "StringToHGlobal" + text).Acquires(Slot.Result, ResourceKind.Native, when: Success.ResultTells);
            yield return Method(Marshal, "StringToCoTaskMem" + text).Acquires(Slot.Result, ResourceKind.Native, when: Success.ResultTells);
        }

        foreach (string copy in new[] { "StringToCoTaskMemUTF8", "StringToBSTR", "SecureStringToBSTR", "SecureStringToCoTaskMemAnsi", "SecureStringToCoTaskMemUnicode", "SecureStringToGlobalAllocAnsi", "SecureStringToGlobalAllocUnicode" })
        {
            yield return Method(Marshal, copy).Acquires(Slot.Result, ResourceKind.Native, when: Success.ResultTells);
        }

        // What is written into native memory is found there by whoever reads it.
        yield return Method(Marshal, "WriteIntPtr").Taking("System.IntPtr", at: 1).Retains(Slot.Argument(1));
        yield return Method(Marshal, "WriteIntPtr").Taking("System.Int32", at: 1).Retains(Slot.Argument(2));

        // The old block is gone, wherever the new one is.
        foreach ((string type, string reallocate) in new[] { (Marshal, "ReAllocHGlobal"), (Marshal, "ReAllocCoTaskMem"), (NativeMemory, "Realloc"), (NativeMemory, "AlignedRealloc") })
        {
            yield return Method(type, reallocate).Releases(Slot.Argument(0)).Acquires(Slot.Result, ResourceKind.Native);
        }
        foreach (string allocate in new[] { "Alloc", "AllocZeroed", "AlignedAlloc" })
        {
            yield return Method(NativeMemory, allocate).Acquires(Slot.Result, ResourceKind.Native);
        }

        yield return Method(NativeMemory, "Free").Releases(Slot.Argument(0));
        yield return Method(NativeMemory, "AlignedFree").Releases(Slot.Argument(0));
    }
}
