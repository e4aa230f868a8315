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

    /// <summary>A folio, by one of its pins.</summary>
    FolioPin,

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

    /// <summary>The record that holds the run this one is a page of.</summary>
    internal int Parent;

    /// <summary>Pages of the run that are not released yet.</summary>
    internal int Shares;

    internal HoldKind Kind;
    internal HoldCount Counts;
    internal int Bytes;

    /// <summary>Where a foreign manager's memory is held from.</summary>
    internal int Start;

    /// <summary>Where <see cref="Chunk"/> began when it was taken.</summary>
    internal nint Base;

    private ReusablePin _pin;
    private MemoryHandle _managed;
    private MemoryManager<byte>? _manager;
    private Memory<byte> _chunk;
    private Folio? _folio;

    /// <summary>The memory that is held, when it is memory that managed code can see.</summary>
    internal readonly Memory<byte> Chunk => Kind switch
    {
        HoldKind.PinnedArray => ArrayChunk(),
        HoldKind.ManagedPin => _manager!.Memory.Slice(Start, Bytes),
        _ => _chunk,
    };

    internal readonly Folio? Folio => _folio;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PinArray(nint address, int bytes)
    {
        Kind = HoldKind.PinnedArray;
        Base = address;
        Bytes = bytes;
    }

    /// <summary>Points the record's own handle at <paramref name="array"/>; from here on the array does not move.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AimAt(byte[] array, ThreadLedger ledger, int index)
    {
        if (_pin.IsAllocated)
            _pin.Aim(array);
        else
            Allocate(array, ledger, index);
    }

    internal void HoldManaged(in MemoryHandle handle, MemoryManager<byte> manager, int start, int length, nint address)
    {
        Kind = HoldKind.ManagedPin;
        _managed = handle;
        _manager = manager;
        Start = start;
        Base = address;
        Bytes = length;
    }

    internal void HoldObject(Memory<byte> chunk, nint address)
    {
        Kind = HoldKind.ObjectReference;
        _chunk = chunk;
        Base = address;
        Bytes = chunk.Length;
    }

    internal void HoldFolio(HoldKind kind, Folio? folio, nint address, int bytes)
    {
        Kind = kind;
        _folio = folio;
        Base = address;
        Bytes = bytes;
    }

    /// <summary>Makes the record stand for more, or less, of what it holds.</summary>
    internal void Cover(Memory<byte> run, int length)
    {
        Bytes = length;
        if (Kind == HoldKind.ObjectReference)
            _chunk = run;
    }

    /// <summary>Lets go of a pinned array, the common case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LetGoOfArray(ThreadLedger ledger, int index)
    {
        _pin.LetGo();
        ledger.Return(index);
    }

    /// <summary>Lets go of the memory. The record is free and reusable before foreign code runs, since that may throw.</summary>
    internal void LetGo(ThreadLedger ledger, int index)
    {
        switch (Kind)
        {
            case HoldKind.PinnedArray:
                LetGoOfArray(ledger, index);
                break;

            case HoldKind.ManagedPin:
                MemoryHandle managed = _managed;
                _managed = default;
                _manager = null;
                ledger.Return(index);
                managed.Dispose();
                break;

            case HoldKind.FolioPin:
                Folio pinned = _folio!;
                _folio = null;
                ledger.Return(index);
                pinned.Unpin();
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

    private void Allocate(byte[] array, ThreadLedger ledger, int index)
    {
        try
        {
            _pin = new ReusablePin(array);
        }
        catch
        {
            ledger.Return(index);
            throw;
        }
    }

    private readonly Memory<byte> ArrayChunk()
    {
        byte[]? array = _pin.Target;
        if (array is null)
            return default;

        // The array is pinned, so the distance between two of its addresses is an index.
        nint start = Base - AddressOf(array);
        return new Memory<byte>(array, (int)start, Bytes);
    }

    internal static unsafe nint AddressOf(byte[] array) =>
        (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
}
