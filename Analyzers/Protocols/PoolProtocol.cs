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

        yield return Method(Marshal, "FreeHGlobal").Releases(Slot.Argument(0));
        yield return Method(Marshal, "FreeCoTaskMem").Releases(Slot.Argument(0));
        foreach (string allocate in new[] { "Alloc", "AllocZeroed", "AlignedAlloc" })
        {
            yield return Method(NativeMemory, allocate).Acquires(Slot.Result, ResourceKind.Native);
        }

        yield return Method(NativeMemory, "Free").Releases(Slot.Argument(0));
        yield return Method(NativeMemory, "AlignedFree").Releases(Slot.Argument(0));
    }
}
