using BufferLifetime.Analyzers.Flow;
using static BufferLifetime.Analyzers.Protocols.Row;

namespace BufferLifetime.Analyzers.Protocols;

/// <summary>Pins of the base class library: memory handles, GC handles, safe handles and buffers, native overlapped structures.</summary>
internal static class PinProtocol
{
    private const string Interop = "System.Runtime.InteropServices.";
    private const string Handle = "System.Buffers.MemoryHandle";
    private const string GCHandle = Interop + "GCHandle";
    private const string SafeHandle = Interop + "SafeHandle";
    private const string SafeBuffer = Interop + "SafeBuffer";
    private const string Binding = "System.Threading.ThreadPoolBoundHandle";

    public static IEnumerable<Row> Rows()
    {
        foreach (string pinnable in new[] { "System.Memory`1", "System.ReadOnlyMemory`1", "System.Buffers.MemoryManager`1", "System.Buffers.IPinnable" })
        {
            yield return Method(pinnable, "Pin").Acquires(Slot.Result, ResourceKind.Pin).Borrows(Slot.Receiver);
        }

        yield return Property(Handle, "Pointer").Views(Slot.Receiver);
        yield return Method(Handle, "Dispose").Releases(Slot.Receiver, repeatable: true);

        // Its disposal frees the handle that it was made with.
        yield return Constructor(Handle).Retains(Slot.Argument(1));

        // GCHandleType.Pinned is 3.
        yield return Method(GCHandle, "Alloc").Acquires(Slot.Result, ResourceKind.Root).ButWhere(1, 3, ResourceKind.Pin).Borrows(Slot.Argument(0)).KeepsInPlace(Slot.Argument(0));
        yield return Method(GCHandle, "Free").Releases(Slot.Receiver);
        yield return Method(GCHandle, "AddrOfPinnedObject").Views(Slot.Receiver);
        yield return Property(GCHandle, "Target").Borrows(Slot.Receiver);
        yield return Property(GCHandle, "IsAllocated").Tells(Inspection.IsHeld);
        yield return Method(GCHandle, "ToIntPtr").Is(Slot.Argument(0));
        yield return Method(GCHandle, "op_Explicit").Is(Slot.Argument(0));

        foreach ((string type, ResourceKind kind) in new[] { ("PinnedGCHandle`1", ResourceKind.Pin), ("GCHandle`1", ResourceKind.Root), ("WeakGCHandle`1", ResourceKind.Root) })
        {
            yield return Method(Interop + type, "ToIntPtr").Is(Slot.Argument(0));
            yield return Constructor(Interop + type).Acquires(Slot.Result, kind).Borrows(Slot.Argument(0));
            yield return Method(Interop + type, "Dispose").Releases(Slot.Receiver, repeatable: true);
            yield return Property(Interop + type, "IsAllocated").Tells(Inspection.IsHeld);
            yield return Method(Interop + type, "ToIntPtr").Is(Slot.Argument(0));
            yield return Method(Interop + type, "FromIntPtr").Is(Slot.Argument(0));
        }

        yield return Method(Interop + "PinnedGCHandle`1", "GetAddressOfObjectData").Views(Slot.Receiver);
        foreach (string address in new[] { "GetAddressOfArrayData", "GetAddressOfStringData" })
        {
            yield return Method(Interop + "GCHandleExtensions", address).Views(Slot.Argument(0));
        }

        // An address in another coat.
        foreach (string address in new[] { "System.IntPtr", "System.UIntPtr" })
        {
            yield return Constructor(address).Is(Slot.Argument(0));
            yield return Method(address, "ToPointer").Is(Slot.Receiver);
            yield return Method(address, "op_Explicit").Is(Slot.Argument(0));
        }

        // A reference to what an address points to stands for the address: returned, it hands the block on.
        yield return Method("System.Runtime.CompilerServices.Unsafe", "AsRef").Is(Slot.Argument(0));
        yield return Method("System.Runtime.CompilerServices.Unsafe", "AsPointer").AddressOf(Slot.Argument(0));
        yield return Method(Interop + "Marshal", "UnsafeAddrOfPinnedArrayElement").AddressOf(Slot.Argument(0));

        yield return Method(SafeHandle, "DangerousAddRef").Acquires(Slot.Receiver, ResourceKind.HandleReference, when: Success.ArgumentTrue);
        yield return Method(SafeHandle, "DangerousRelease").Releases(Slot.Receiver);
        yield return Method(SafeHandle, "DangerousGetHandle").Follows(Slot.Receiver, ResourceKind.SafeHandle).Views(Slot.Receiver);
        yield return Method(SafeHandle, "Close").Releases(Slot.Receiver, repeatable: true);

        // What it is given to close is its own from then on, in whatever way the type that is derived from it closes that.
        yield return Method(SafeHandle, "SetHandle").Retains(Slot.Argument(0));
        yield return Constructor(SafeHandle).Retains(Slot.Argument(0));
        yield return Method(Interop + "CriticalHandle", "SetHandle").Retains(Slot.Argument(0));
        yield return Constructor(Interop + "CriticalHandle").Retains(Slot.Argument(0));

        // Nothing is closed from then on: somebody else has taken the handle over.
        yield return Method(SafeHandle, "SetHandleAsInvalid").Abandons(Slot.Receiver);

        // The pointer that it is given is not null exactly when the reference was added.
        yield return Method(SafeBuffer, "AcquirePointer").Acquires(Slot.Receiver, ResourceKind.HandleReference, when: Success.ArgumentSet);
        yield return Method(SafeBuffer, "ReleasePointer").Releases(Slot.Receiver);

        foreach (string pack in new[] { "Pack", "UnsafePack" })
        {
            yield return Method("System.Threading.Overlapped", pack).Acquires(Slot.Result, ResourceKind.Overlapped);
        }

        yield return Method("System.Threading.Overlapped", "Free").Releases(Slot.Argument(0));
        yield return Method("System.Threading.Overlapped", "Unpack").Borrows(Slot.Argument(0));
        yield return Method(Binding, "GetNativeOverlappedState").Borrows(Slot.Argument(0));
        yield return Constructor("System.Threading.PreAllocatedOverlapped").Acquires(Slot.Result, ResourceKind.Preallocated).Retains(Slot.Argument(1));
        yield return Method(Binding, "AllocateNativeOverlapped").Acquires(Slot.Result, ResourceKind.Overlapped);
        yield return Method(Binding, "UnsafeAllocateNativeOverlapped").Acquires(Slot.Result, ResourceKind.Overlapped);
        yield return Method(Binding, "FreeNativeOverlapped").Releases(Slot.Argument(0), tag: Tags.OfOwner);
    }
}
