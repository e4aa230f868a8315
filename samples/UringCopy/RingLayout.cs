using System.Runtime.InteropServices;

namespace UringCopy;

/// <summary><c>struct io_uring_params</c>: what a ring is asked to be, and then what it is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RingParameters
{
    public uint SubmissionEntries;
    public uint CompletionEntries;
    public uint Flags;
    public uint ThreadCpu;
    public uint ThreadIdle;
    public uint Features;
    public uint Workers;
    public fixed uint Reserved[3];
    public SubmissionOffsets Submissions;
    public CompletionOffsets Completions;
}

/// <summary><c>struct io_sqring_offsets</c>: where the parts of the submission ring are, in bytes from its start.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SubmissionOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Flags;
    public uint Dropped;
    public uint Array;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary><c>struct io_cqring_offsets</c>: where the parts of the completion ring are, in bytes from its start.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Overflow;
    public uint Completions;
    public uint Flags;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary><c>struct io_uring_sqe</c>: one operation, 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct Submission
{
    public RingOpcode Opcode;
    public byte Flags;
    public ushort Priority;
    public int File;
    public ulong Position;
    public ulong Address;
    public uint Length;
    public uint OperationFlags;
    public ulong UserData;
    public ushort BufferIndex;

    /// <summary>The next operation starts when this one has ended in full, and is cancelled when it has not (<c>IOSQE_IO_LINK</c>).</summary>
    public const byte Link = 1 << 2;

    /// <summary>Not tried by the thread that submits: it may wait.</summary>
    public const byte OnKernelThread = 1 << 4;
}

/// <summary><c>struct io_uring_cqe</c>: how one operation ended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct Completion
{
    public readonly ulong UserData;
    public readonly int Result;
    public readonly uint Flags;
}

/// <summary>The operations that this program uses.</summary>
internal enum RingOpcode : byte
{
    ReadFixed = 4,
    WriteFixed = 5,
    PollAdd = 6,
    AsyncCancel = 14,
}
