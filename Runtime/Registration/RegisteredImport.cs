using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BufferLifetime;

/// <summary>
/// One request's use of a registered or lent buffer: while it is not disposed the buffer is not given back, whatever becomes of its slot. Dispose it when the
/// request has completed.
/// </summary>
/// <remarks>One that is lost keeps the buffer held, since native code may still use it; checked mode reports where it was imported.</remarks>
public sealed class RegisteredImport : IDisposable
{
    private readonly IovIter _iter;
    private readonly Watch? _watch;
    private BufferRecord? _record;

    /// <summary>Takes over a reference that the caller has taken.</summary>
    internal RegisteredImport(BufferRecord record, in IovIter iter)
    {
        _record = record;
#pragma warning disable BUF1202 // Only iterators over registered memory, which the record holds, come here.
        _iter = iter;
#pragma warning restore BUF1202
        Bytes = iter.Count;
        ThreadLedger.Current.LeasesOutstanding++;
        if (CheckedMode.CaptureOrigin() is { } origin)
            _watch = new Watch(ToString(), origin);
    }

    /// <summary>An iterator over the imported range, at its start; it may cross an await and pins nothing. Each reading is a fresh copy.</summary>
    /// <exception cref="AlreadyReleasedException">The import was disposed.</exception>
    public IovIter Iter
    {
        [ReturnsBorrowed]
        get => Volatile.Read(ref _record) is not null
            ? _iter
            : throw new AlreadyReleasedException("An imported buffer was asked for after the import was disposed.");
    }

    /// <summary>Bytes.</summary>
    public long Bytes { get; }

    /// <summary>Ends the use, once.</summary>
    [ReleasesBuffer]
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _record, null) is not { } record)
            return;

        ThreadLedger.Current.LeasesOutstanding--;
        _watch?.End();
        record.Put();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Import of {Bytes} bytes");

    /// <summary>
    /// Is lost together with its import and reports it. Only checked mode makes one: an import that had a finaliser itself would cost what registration
    /// is there to save.
    /// </summary>
    private sealed class Watch
    {
        private readonly string _what;
        private readonly StackTrace _origin;

        internal Watch(string what, StackTrace origin)
        {
            _what = what;
            _origin = origin;
        }

        ~Watch() => CheckedMode.ReportLeak(this, $"{_what} was lost without being disposed.", _origin);

        [SuppressMessage("Usage", "CA1816:Dispose methods should call SuppressFinalize", Justification = "What is watched has ended.")]
        internal void End() => GC.SuppressFinalize(this);
    }
}
