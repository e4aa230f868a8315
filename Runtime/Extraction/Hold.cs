using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BufferLifetime;

/// <summary>How a record holds what it holds.</summary>
internal enum HoldKind : byte
{
    /// <summary>An array, by a pinned handle that stays with the record and is pointed at the next array.</summary>
    PinnedArray,

    /// <summary>Memory with a manager of its own, by the manager's pin.</summary>
    ManagedPin,

    /// <summary>Memory that the garbage collector keeps, by nothing but this record's reference to it.</summary>
    ObjectReference,

    /// <summary>A folio, by one of its references.</summary>
    FolioReference,

    /// <summary>One page of a run that another record holds.</summary>
    Share,
}

/// <summary>What releasing a record counts as; a run that is held for its pages is counted at one of the two ends only.</summary>
internal enum HoldCount : byte
{
    Nothing,
    Pin,
    Reference,
}

/// <summary>One hold: the record that a fragment names.</summary>
internal struct Hold
{
    /// <summary>Odd while held; the fragment carries the value it saw, so only the first release finds it.</summary>
    internal int Version;

    /// <summary>The next free record.</summary>
    internal int Next;

    /// <summary>The record that holds the run this one is a page of.</summary>
    internal int Parent;

    /// <summary>Pages of the run that are not released yet.</summary>
    internal int Shares;

    internal HoldKind Kind;
    internal HoldCount Counts;
    internal int Bytes;

    /// <summary>Where <see cref="Chunk"/> began when it was taken.</summary>
    internal nint Base;

    private GCHandle _pin;
    private MemoryHandle _managed;
    private Memory<byte> _chunk;
    private Folio? _folio;

    /// <summary>The memory that is held, when it is memory that managed code can see.</summary>
    internal readonly Memory<byte> Chunk => Kind == HoldKind.PinnedArray ? ArrayChunk() : _chunk;

    internal readonly Folio? Folio => _folio;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PinArray(byte[] array, nint address, int bytes)
    {
        Kind = HoldKind.PinnedArray;
        Base = address;
        Bytes = bytes;
    }

    /// <summary>Points the record's own handle at <paramref name="array"/>; from here on the array does not move.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AimAt(byte[] array)
    {
        if (_pin.IsAllocated)
            _pin.Target = array;
        else
            _pin = GCHandle.Alloc(array, GCHandleType.Pinned);
    }

    internal void HoldManaged(in MemoryHandle handle, Memory<byte> chunk, nint address)
    {
        Kind = HoldKind.ManagedPin;
        _managed = handle;
        _chunk = chunk;
        Base = address;
        Bytes = chunk.Length;
    }

    internal void HoldObject(Memory<byte> chunk, nint address)
    {
        Kind = HoldKind.ObjectReference;
        _chunk = chunk;
        Base = address;
        Bytes = chunk.Length;
    }

    internal void HoldFolio(Folio? folio, nint address, int bytes)
    {
        Kind = HoldKind.FolioReference;
        _folio = folio;
        Base = address;
        Bytes = bytes;
    }

    /// <summary>Makes the record stand for more, or less, of what it holds.</summary>
    internal void Cover(Memory<byte> run)
    {
        Bytes = run.Length;
        if (Kind is HoldKind.ManagedPin or HoldKind.ObjectReference)
            _chunk = run;
    }

    /// <summary>Lets go of the memory. The record is free and reusable before foreign code runs, since that may throw.</summary>
    internal void LetGo(ThreadLedger ledger, int index)
    {
        switch (Kind)
        {
            case HoldKind.PinnedArray:
                _pin.Target = null;
                ledger.Return(index);
                break;

            case HoldKind.ManagedPin:
                MemoryHandle managed = _managed;
                _managed = default;
                _chunk = default;
                ledger.Return(index);
                managed.Dispose();
                break;

            case HoldKind.FolioReference:
                Folio? folio = _folio;
                _folio = null;
                ledger.Return(index);
                folio?.Put();
                break;

            default:
                _chunk = default;
                ledger.Return(index);
                break;
        }
    }

    private readonly Memory<byte> ArrayChunk()
    {
        var array = (byte[]?)_pin.Target;
        if (array is null)
            return default;

        // The array is pinned, so the distance between two of its addresses is an index.
        nint start = Base - AddressOf(array);
        return new Memory<byte>(array, (int)start, Bytes);
    }

    internal static unsafe nint AddressOf(byte[] array) =>
        (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
}
