// Correct code: iterators in asynchronous methods, streams and enumerators. No rule may say a word.
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using BufferLifetime;

namespace SilenceCorpus;

internal interface IRing
{
    ValueTask<int> SendAsync(IovIter data, CancellationToken cancel = default);

    Task<int> ReceiveAsync(IovIter into, CancellationToken cancel = default);
}

internal sealed class Sender(IRing ring)
{
    private readonly SemaphoreSlim _window = new(4);
    private int _sent;

    public async ValueTask<int> Converted(IovIter data, CancellationToken cancel)
    {
        using ExtractedIter kept = data.ExtractToBvec();
        await _window.WaitAsync(cancel);
        try
        {
            return await ring.SendAsync(kept.Iter, cancel);
        }
        finally
        {
            _window.Release();
        }
    }

    public async ValueTask<int> ConvertedWhereItMustBe(IovIter data, CancellationToken cancel)
    {
        ExtractedIter? kept = data.IsUserBacked ? data.ExtractToBvec() : null;
        try
        {
            IovIter stable = kept?.Iter ?? data;
            await _window.WaitAsync(cancel).ConfigureAwait(false);
            return await ring.SendAsync(stable, cancel).ConfigureAwait(false);
        }
        finally
        {
            kept?.Dispose();
            _window.Release();
        }
    }

    public ValueTask<int> Forwarded(IovIter data, CancellationToken cancel) => ring.SendAsync(data, cancel);

    public async Task<int> AwaitedAtOnce(ReadOnlyMemory<byte> memory, CancellationToken cancel)
    {
        IovIter data = IovIter.Ubuf(memory);
        int sent = await ring.SendAsync(data, cancel);
        Interlocked.Add(ref _sent, sent);
        return sent;
    }

    public async Task<int> MadeAgain(ReadOnlyMemory<byte> memory, CancellationToken cancel)
    {
        int total = 0;
        while (!memory.IsEmpty)
        {
            IovIter data = IovIter.Ubuf(memory);
            int sent = await ring.SendAsync(data, cancel);
            memory = memory[sent..];
            total += sent;
        }

        return total;
    }

    public async Task<long> Stable(BvecEntry[] entries, CancellationToken cancel)
    {
        IovIter data = IovIter.Bvec(entries, TransferDirection.Source);
        long total = 0;
        while (!data.IsEmpty)
        {
            IovIterState saved = data.SaveState();
            try
            {
                int sent = await ring.SendAsync(data, cancel);
                data.Advance(sent);
                total += sent;
            }
            catch (IOException)
            {
                await Task.Delay(10, cancel);
                data.Restore(saved);
            }
        }

        return total;
    }

    public async Task<int> RefusedWhenUserBacked(IovIter data)
    {
        if (data.IsUserBacked)
            throw new ArgumentException("An iterator over the caller's memory cannot wait.", nameof(data));
        await _window.WaitAsync();
        return await ring.SendAsync(data);
    }

    public async Task<int> OnlyAskedAfterwards(IovIter data)
    {
        int sent = await ring.SendAsync(data);
        if (sent < data.Count || data.Direction != TransferDirection.Source)
            throw new IOException($"{sent} of {data.Count} bytes were sent.");
        return sent;
    }

    public async Task<int> FastPath(IovIter data)
    {
        if (_window.Wait(0))
        {
            try
            {
                ValueTask<int> sending = ring.SendAsync(data);
                if (sending.IsCompletedSuccessfully)
                    return sending.Result;
                return await sending;
            }
            finally
            {
                _window.Release();
            }
        }

        using ExtractedIter kept = data.ExtractToBvec();
        await _window.WaitAsync();
        try
        {
            return await ring.SendAsync(kept.Iter);
        }
        finally
        {
            _window.Release();
        }
    }

    public async Task<int[]> Several(ReadOnlyMemory<byte>[] parts)
    {
        var sending = new List<Task<int>>(parts.Length);
        foreach (ReadOnlyMemory<byte> part in parts)
            sending.Add(ring.SendAsync(IovIter.Ubuf(part)).AsTask());
        return await Task.WhenAll(sending);
    }

    public async IAsyncEnumerable<int> Stream(ChannelReader<ReadOnlyMemory<byte>> reader, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (ReadOnlyMemory<byte> part in reader.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            IovIter data = IovIter.Ubuf(part);
            yield return await ring.SendAsync(data, cancel);
        }
    }

    public async Task<long> AcrossUsing(IovIter data, Stream log)
    {
        long length = data.Count;
        using PageLease pages = data.ExtractPages();
        await using (log.ConfigureAwait(false))
        {
            await log.WriteAsync(BitConverter.GetBytes(length));
            foreach (IoVector vector in pages.IoVectors.ToArray())
                await log.WriteAsync(BitConverter.GetBytes((long)vector.Length));
        }

        return pages.Bytes;
    }

    public IEnumerable<long> Counts(IEnumerable<Memory<byte>> buffers)
    {
        foreach (Memory<byte> buffer in buffers)
        {
            IovIter iter = IovIter.Ubuf(buffer, TransferDirection.Destination);
            long zeroed = iter.Zero(buffer.Length);
            yield return zeroed;
        }
    }

    public Task<int> Received(Memory<byte> memory)
    {
        return Receive();

        async Task<int> Receive()
        {
            int received = await ring.ReceiveAsync(IovIter.Ubuf(memory, TransferDirection.Destination));
            return received == 0 ? 0 : received + await ring.ReceiveAsync(IovIter.Ubuf(memory[received..], TransferDirection.Destination));
        }
    }
}
