// What the samples of the rule pages take for granted. Every sample is compiled beside this file, as members of one class.
global using System;
global using System.Buffers;
global using System.Collections.Concurrent;
global using System.Collections.Generic;
global using System.Diagnostics.CodeAnalysis;
global using System.IO;
global using System.IO.Pipelines;
global using System.Runtime.CompilerServices;
global using System.Runtime.InteropServices;
global using System.Threading;
global using System.Threading.Channels;
global using System.Threading.Tasks;
global using BufferLifetime;
global using Microsoft.Win32.SafeHandles;

/// <summary>A driver that moves bytes between memory and a device. A call returns when its transfer is over, a task completes when it is.</summary>
public interface IDevice
{
    int Write(nint address, int length);

    int Transfer(ReadOnlySpan<IoVector> vectors);

    ValueTask<int> SendAsync(IovIter data, CancellationToken cancel = default);

    ValueTask<int> SendAsync(PageLease pages, CancellationToken cancel = default);

    ValueTask<int> ReceiveAsync(IovIter into, CancellationToken cancel = default);

    /// <summary>Sends from the iterator, which it advances; false when the device was busy and the whole message has to be sent again.</summary>
    bool TrySend(ref IovIter data);

    ValueTask WaitUntilReadyAsync(CancellationToken cancel = default);
}

/// <summary>System calls.</summary>
public static unsafe partial class Native
{
    [DllImport("libc", EntryPoint = "preadv", SetLastError = true)]
    private static extern nint PReadV(int file, IoVector* vectors, int count, long position);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    private static extern nint Read(int file, void* bytes, nuint count);

    /// <summary>Reads into scattered memory; below zero for an error.</summary>
    public static int preadv(SafeFileHandle file, ReadOnlySpan<IoVector> vectors, long position)
    {
        fixed (IoVector* first = vectors)
            return (int)PReadV((int)file.DangerousGetHandle(), first, vectors.Length, position);
    }

    /// <summary>Reads into memory; below zero for an error.</summary>
    public static int read(SafeFileHandle file, nint address, int length) =>
        (int)Read((int)file.DangerousGetHandle(), (void*)address, (nuint)length);
}
