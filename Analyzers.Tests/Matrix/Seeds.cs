namespace BufferLifetime.Analyzers.Tests.Matrix;

/// <summary>The mistakes that every shape is tried with: at least one for each rule.</summary>
internal static class Seeds
{
    private const string User = "IovIter source = IovIter.Ubuf(memory, TransferDirection.Destination);";
    private const string Extract = "int n = source.ExtractPages($x, 4096, ExtractFlags.PerPage, out int first); if (n > 0) Any.Transfer(first, n);";
    private const string Pool = "ArrayPool<byte>.Shared";

    public static IReadOnlyList<Seed> All { get; } =
    [
        new("BUF1001", "pinned pages are put", "PageFragment[]", "new PageFragment[8]", "PageFragments.Put($y);", "PageFragments.Unpin($y);") { Before = User, After = Extract },
        new("BUF1001", "stable pages are unpinned", "PageFragment[]", "new PageFragment[8]", "PageFragments.Unpin($y);", "PageFragments.Release($y);")
        {
            Before = "IovIter source = IovIter.Bvec(entries, TransferDirection.Source);", After = Extract,
        },
        new("BUF1002", "lease is lost", "PageLease", "source.ExtractPages()", "Any.Transfer($y.IoVectors);", "Any.Transfer($y.IoVectors); $y.Dispose();") { Before = User },
        new("BUF1002", "fragments are lost", "PageFragment[]", "new PageFragment[8]", "Any.Transfer($y[0].Address, 1);", "Any.Transfer($y[0].Address, 1); PageFragments.Release($y);") { Before = User, After = Extract },
        new("BUF1002", "conversion is lost", "ExtractedIter", "source.ExtractToBvec()", "Any.Length($y.Iter);", "Any.Length($y.Iter); $y.Dispose();") { Before = User },
        new("BUF1002", "pinned chain is lost", "PageLease", "source.ExtractPages()", "Any.Transfer($y.IoVectors);", "Any.Transfer($y.IoVectors); $y.Dispose();") { Before = "IovIter source = IovIter.FolioQueue(new ReadOnlySequence<byte>(bytes));" },
        new("BUF1003", "fragments twice", "PageFragment[]", "new PageFragment[8]", "PageFragments.Release($x); PageFragments.Release($y);", "PageFragments.Release($y);") { Before = User, After = Extract },
        new("BUF1004", "vectors after the lease", "PageLease", "source.ExtractPages()", "$x.Dispose(); Any.Transfer($y.IoVectors);", "Any.Transfer($y.IoVectors); $x.Dispose();") { Before = User },
        new("BUF1004", "address after the fragments", "PageFragment[]", "new PageFragment[8]", "nint at = $y[0].Address; PageFragments.Release($x); Any.Transfer(at, 1);", "nint at = $y[0].Address; Any.Transfer(at, 1); PageFragments.Release($x);") { Before = User, After = Extract },
        new("BUF1005", "converted iterator asked", "ExtractedIter", "source.ExtractToBvec()", "Any.Keep($y.Iter.ExtractWillPin); $x.Dispose();", "Any.Keep(source.ExtractWillPin); Any.Keep($y.Mode); $x.Dispose();") { Before = User },
        new("BUF1006", "bytes for pages", "PageFragment[]", "new PageFragment[8]", "PageFragments.Release($y.AsSpan(0, n));", "PageFragments.Release($y);") { Before = User, After = Extract },
        new("BUF1006", "one before none", "PageFragment[]", "new PageFragment[8]", "Any.Keep($y[taken.Fragments - 1].Length); PageFragments.Release($x);", "if (taken.Fragments > 0) Any.Keep($y[taken.Fragments - 1].Length); PageFragments.Release($x);")
        {
            Before = User, After = "ExtractResult taken = source.ExtractPages($x, 4096);",
        },
        new("BUF1007", "result dropped", "PageFragment[]", "new PageFragment[8]", "source.ExtractPages($x, 4096); PageFragments.Release($y);", "ExtractResult r = source.ExtractPages($x, 4096); PageFragments.Release($y.AsSpan(0, r.Fragments));") { Before = User },
        new("BUF1101", "references to a destination", "PageFragment[]", "new PageFragment[8]",
            "int n = source.GetPages($x, 4096, out int first); if (n > 0) Any.Transfer(first, n); PageFragments.Put($y);",
            "int n = source.ExtractPages($x, 4096, ExtractFlags.PerPage, out int first); if (n > 0) Any.Transfer(first, n); PageFragments.Unpin($y);") { Before = User },
        new("BUF1102", "legacy getter", "PageFragment[]", "new PageFragment[8]",
            "int n = source.GetPages($x, 4096, out int first); if (n > 0) Any.Transfer(first, n); PageFragments.Put($y);",
            "int n = source.ExtractPages($x, 4096, ExtractFlags.PerPage, out int first); if (n > 0) Any.Transfer(first, n); PageFragments.Unpin($y);")
        {
            Before = "IovIter source = IovIter.Ubuf(memory, TransferDirection.Source);",
        },
        new("BUF1103", "source written", "IovIter", "IovIter.Bvec(entries, TransferDirection.Source)", "$y.Zero(1);", "Any.Keep($y.CopyFrom(new byte[4]));"),
        new("BUF1103", "destination read", "IovIter", "IovIter.Bvec(entries, TransferDirection.Destination)", "Any.Keep($y.CopyFrom(new byte[4]));", "$y.Zero(1);"),
        new("BUF1104", "nothing to extract", "IovIter", "IovIter.Discard(64)", "using PageLease lease = $y.ExtractPages();", "$y.Zero(1);"),
        new("BUF1201", "used after an await", "IovIter", "IovIter.Ubuf(memory, TransferDirection.Destination)", "await Any.Pause(); $y.Zero(1);", "$y.Zero(1); await Any.Pause();") { Awaits = true },
        new("BUF1202", "stored in a field", "IovIter", "IovIter.Ubuf(memory, TransferDirection.Destination)", "_kept = $y;", "_kept = IovIter.Discard($y.Count);") { Members = "private IovIter _kept;" },
        new("BUF1203", "lease under a send", "PageLease", "source.ExtractPages()", "Task<int> task = Any.SendAsync($x); $y.Dispose(); await task;", "Task<int> task = Any.SendAsync($x); await task; $y.Dispose();") { Before = User, Awaits = true },
        new("BUF1204", "folio under an iterator", "Folio", "Folio.Native(4096)", "$y.Dispose(); Any.Length(iter);", "Any.Length(iter); $y.Dispose();") { After = "IovIter iter = IovIter.Bvec([new BvecEntry($x)], TransferDirection.Source);" },
        new("BUF1204", "pin under an iterator", "GCHandle", "GCHandle.Alloc(bytes, GCHandleType.Pinned)", "$y.Free(); Any.Length(iter);", "Any.Length(iter); $y.Free();") { After = "IovIter iter = IovIter.Kvec([new IoVector($x.AddrOfPinnedObject(), 8)], TransferDirection.Source);" },
        new("BUF1204", "block under an iterator", "nint", "Marshal.AllocHGlobal(8)", "Marshal.FreeHGlobal($y); Any.Length(iter);", "Any.Length(iter); Marshal.FreeHGlobal($y);") { After = "IovIter iter = IovIter.Kvec([new IoVector($x, 8)], TransferDirection.Source);" },
        new("BUF1205", "success before the end", "TaskCompletionSource<long>", "new TaskCompletionSource<long>()",
            "IovIter iter = IovIter.Ubuf(memory, TransferDirection.Source); Task<long> task = Any.LengthAsync(iter).AsTask(); $y.SetResult(1); await task;",
            "IovIter iter = IovIter.Ubuf(memory, TransferDirection.Source); Task<long> task = Any.LengthAsync(iter).AsTask(); $y.SetResult(await task);") { Awaits = true },
        new("BUF1206", "retry from the middle", "IovIter", "IovIter.Bvec(entries, TransferDirection.Source)", "while (Any.Send(ref $y) < 0) { }", "IovIterState saved = $y.SaveState(); while (Any.Send(ref $y) < 0) $y.Restore(saved);"),
        new("BUF1207", "written under a read", "Memory<byte>", "new byte[8]",
            "IovIter iter = IovIter.Ubuf($x, TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); $y.Span[0] = 1; await task;",
            "IovIter iter = IovIter.Ubuf($x, TransferDirection.Destination); Task<long> task = Any.LengthAsync(iter).AsTask(); await task; $y.Span[0] = 1;") { Awaits = true },
        new("BUF1301", "import is lost", "RegisteredImport", "table.Import(3, 0, 4096, TransferDirection.Source)", "Any.Keep($y.Bytes);", "Any.Keep($y.Bytes); $y.Dispose();"),
        new("BUF1302", "iterator after its import", "RegisteredImport", "table.Import(3, 0, 4096, TransferDirection.Source)", "IovIter part = $y.Iter; $x.Dispose(); Any.Length(part);", "IovIter part = $y.Iter; Any.Length(part); $x.Dispose();"),
        new("BUF1302", "slot after its buffer", "RegisteredBufferTable", "table", "$x.Unregister(3); using RegisteredImport part = $y.Import(3, 0, 4096, TransferDirection.Source);", "using RegisteredImport part = $y.Import(3, 0, 4096, TransferDirection.Source); $x.Unregister(3);"),
        new("BUF1302", "vector after its buffer", "RegisteredBufferTable", "table", "IoVector vector = $y.GetVector(3); $x.Unregister(3); Any.Transfer(vector.Base, 1);", "IoVector vector = $y.GetVector(3); Any.Transfer(vector.Base, 1); $x.Unregister(3);"),
        new("BUF2001", "handle is lost", "GCHandle", "GCHandle.Alloc(bytes, GCHandleType.Pinned)", "Any.Transfer($y.AddrOfPinnedObject(), 1);", "Any.Transfer($y.AddrOfPinnedObject(), 1); $y.Free();"),
        new("BUF2001", "block is lost", "nint", "Marshal.AllocHGlobal(8)", "unsafe { *(byte*)$y = 1; }", "unsafe { *(byte*)$y = 1; } Marshal.FreeHGlobal($y);"),
        new("BUF2002", "block twice", "nint", "Marshal.AllocHGlobal(8)", "Marshal.FreeHGlobal($x); Marshal.FreeHGlobal($y);", "Marshal.FreeHGlobal($y);"),
        new("BUF2002", "address after its handle", "GCHandle", "GCHandle.Alloc(bytes, GCHandleType.Pinned)", "nint at = $y.AddrOfPinnedObject(); $x.Free(); Any.Transfer(at, 1);", "nint at = $y.AddrOfPinnedObject(); Any.Transfer(at, 1); $x.Free();"),
        new("BUF2003", "address kept in a field", "byte[]", "new byte[8]", "unsafe { fixed (byte* at = $y) _kept = (nint)at; }", "unsafe { fixed (byte* at = $y) _kept = Any.Transfer((nint)at, 1); }") { Members = "private nint _kept;" },
        new("BUF2004", "address of a plain handle", "GCHandle", "GCHandle.Alloc(bytes)", "Any.Transfer($y.AddrOfPinnedObject(), 1); $x.Free();", "Any.Keep($y.Target!); $x.Free();"),
        new("BUF2005", "array after its return", "byte[]", Pool + ".Rent(8)", Pool + ".Return($x); Any.Keep($y[0]);", "Any.Keep($y[0]); " + Pool + ".Return($x);"),
        new("BUF2005", "memory after its owner", "IMemoryOwner<byte>", "MemoryPool<byte>.Shared.Rent(8)", "Memory<byte> view = $y.Memory; $x.Dispose(); view.Span.Clear();", "Memory<byte> view = $y.Memory; view.Span.Clear(); $x.Dispose();"),
        new("BUF2006", "array twice", "byte[]", Pool + ".Rent(8)", Pool + ".Return($x); " + Pool + ".Return($y);", Pool + ".Return($y);"),
        new("BUF2007", "array under a read", "byte[]", Pool + ".Rent(8)", "Task<int> task = stream.ReadAsync($x, 0, 8); " + Pool + ".Return($y); await task;", "Task<int> task = stream.ReadAsync($x, 0, 8); await task; " + Pool + ".Return($y);") { Awaits = true },
        new("BUF2008", "owner is lost", "IMemoryOwner<byte>", "MemoryPool<byte>.Shared.Rent(8)", "$y.Memory.Span.Clear();", "$y.Memory.Span.Clear(); $y.Dispose();"),
        new("BUF2010", "array to another pool", "byte[]", Pool + ".Rent(8)", "s_own.Return($y);", Pool + ".Return($y);") { Members = "private static readonly ArrayPool<byte> s_own = ArrayPool<byte>.Create();" },
        new("BUF2011", "field that is not cleared", "byte[]", Pool + ".Rent(8)", "if (_kept != null) " + Pool + ".Return(_kept); " + Pool + ".Return($y);", "if (_kept != null) " + Pool + ".Return(_kept); _kept = null; " + Pool + ".Return($y);")
        {
            Members = "private byte[]? _kept = " + Pool + ".Rent(8); public void Dispose() { if (_kept != null) " + Pool + ".Return(_kept); _kept = null; }",
        },
        new("BUF2012", "field that is overwritten", "IMemoryOwner<byte>", "MemoryPool<byte>.Shared.Rent(8)", "_kept = $y;", "_kept.Dispose(); _kept = $y;")
        {
            Members = "private IMemoryOwner<byte> _kept = MemoryPool<byte>.Shared.Rent(8); public void Dispose() => _kept.Dispose();",
        },
        new("BUF2013", "copy beside its original", "GCHandle", "GCHandle.Alloc(bytes)", "GCHandle copy = $y; $x.Free(); copy.Free();", "GCHandle copy = $y; copy.Free();"),
        new("BUF2009", "result after the advance", "ReadResult", "await reader.ReadAsync()", "reader.AdvanceTo($x.Buffer.End); Any.Keep($y.Buffer.Length);", "Any.Keep($y.Buffer.Length); reader.AdvanceTo($x.Buffer.End);") { Awaits = true },
    ];
}
