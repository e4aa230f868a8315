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

        foreach ((string heap, string[] allocate, string[] copy, string[] free) in new[]
        {
            (Tags.GlobalHeap, ["AllocHGlobal"], ["StringToHGlobalAnsi", "StringToHGlobalAuto", "StringToHGlobalUni", "SecureStringToGlobalAllocAnsi", "SecureStringToGlobalAllocUnicode"],
                ["FreeHGlobal", "ZeroFreeGlobalAllocAnsi", "ZeroFreeGlobalAllocUnicode"]),
            (Tags.TaskHeap, ["AllocCoTaskMem"], ["StringToCoTaskMemAnsi", "StringToCoTaskMemAuto", "StringToCoTaskMemUni", "StringToCoTaskMemUTF8", "SecureStringToCoTaskMemAnsi", "SecureStringToCoTaskMemUnicode"],
                ["FreeCoTaskMem", "ZeroFreeCoTaskMemAnsi", "ZeroFreeCoTaskMemUnicode", "ZeroFreeCoTaskMemUTF8"]),
            (Tags.TextHeap, Array.Empty<string>(), new[] { "StringToBSTR", "SecureStringToBSTR" }, new[] { "FreeBSTR", "ZeroFreeBSTR" }),
        })
        {
            foreach (string block in allocate)
            {
                yield return Method(Marshal, block).Acquires(Slot.Result, ResourceKind.Native, tag: heap);
            }

            foreach (string text in copy)
            {
                yield return Method(Marshal, text).Acquires(Slot.Result, ResourceKind.Native, when: Success.ResultTells, tag: heap);
            }

            foreach (string release in free)
            {
                yield return Method(Marshal, release).Releases(Slot.Argument(0), tag: heap);
            }
        }

        // What is written into native memory is found there by whoever reads it.
        yield return Method(Marshal, "WriteIntPtr").Taking("System.IntPtr", at: 1).Retains(Slot.Argument(1));
        yield return Method(Marshal, "WriteIntPtr").Taking("System.Int32", at: 1).Retains(Slot.Argument(2));

        // The old block is gone, wherever the new one is.
        foreach ((string type, string reallocate, string heap) in new[]
        {
            (Marshal, "ReAllocHGlobal", Tags.GlobalHeap), (Marshal, "ReAllocCoTaskMem", Tags.TaskHeap), (NativeMemory, "Realloc", Tags.NativeHeap), (NativeMemory, "AlignedRealloc", Tags.AlignedHeap),
        })
        {
            yield return Method(type, reallocate).Releases(Slot.Argument(0), tag: heap).Acquires(Slot.Result, ResourceKind.Native, tag: heap);
        }

        foreach ((string allocate, string heap) in new[] { ("Alloc", Tags.NativeHeap), ("AllocZeroed", Tags.NativeHeap), ("AlignedAlloc", Tags.AlignedHeap) })
        {
            yield return Method(NativeMemory, allocate).Acquires(Slot.Result, ResourceKind.Native, tag: heap);
        }

        yield return Method(NativeMemory, "Free").Releases(Slot.Argument(0), tag: Tags.NativeHeap);
        yield return Method(NativeMemory, "AlignedFree").Releases(Slot.Argument(0), tag: Tags.AlignedHeap);
    }
}
