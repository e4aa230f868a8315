// Goes once through each part of the library: kinds, extraction, conversions, requests and registered buffers. It ends with 1 when bytes are wrong or
// something was not given back.
using System.Buffers;
using System.Globalization;
using BufferLifetime;

byte[] text = [.. Enumerable.Range(0, 3 * IovIter.PageSize).Select(i => (byte)i)];
int wrong = 0;

using (Folio folio = Folio.Native(text.Length), pooled = Folio.Pooled(text.Length))
{
    text.CopyTo(folio.AsSpan(0, text.Length));
    text.CopyTo(pooled.AsSpan(0, text.Length));
    var queue = new FolioQueueSegment();
    queue.Append(folio);
    var pages = new FolioXarray();
    pages.Store(0, folio);

    Read("Ubuf", IovIter.Ubuf(text.AsMemory()));
    Read("Iovec", IovIter.Iovec([text.AsMemory(..5000), text.AsMemory(5000..)], TransferDirection.Source));
    Read("Kvec", IovIter.Kvec([new IoVector(folio.Address, text.Length)], TransferDirection.Source));
    Read("Bvec", IovIter.Bvec([new BvecEntry(folio, 0, 5000), new BvecEntry(pooled, 5000, text.Length - 5000)], TransferDirection.Source));
    Read("FolioQueue", IovIter.FolioQueue(queue, TransferDirection.Source));
    Read("Xarray", IovIter.Xarray(pages, 0, text.Length, TransferDirection.Source));
    Read("Pipe", IovIter.Pipe(new ReadOnlySequence<byte>(text)));

    var scatter = IovIter.Iovec([text.AsMemory(..5000), text.AsMemory(5000..)], TransferDirection.Source);
    var list = new WsaBuffer[8];
    var holds = new PageFragment[8];
    int used = 0;
    Check("scatter list", scatter.ExtractToScatterList(list, holds, ref used) == text.Length);
    PageFragments.Release(holds.AsSpan(0, used));

    var converted = IovIter.Ubuf(text.AsMemory());
    using (ExtractedIter bvec = converted.ExtractToBvec())
        Read("ExtractToBvec", bvec.Iter);

    using var table = new RegisteredBufferTable(1);
    table.Register(0, pooled);
    var request = new IoRequest();
    ValueTask<int> result = request.Begin(table.Import(0, 0, text.Length, TransferDirection.Source));
    request.Complete(text.Length);
    Check("IoRequest", await result == text.Length);
}

#if REFLECTS
// What the publication must refuse; a test sees that it does.
Check("reflection", Type.GetType(Console.Title)!.Assembly.GetTypes().Length != 0);
#endif

BufferCounters held = BufferLifetimeCounters.Read();
Check("counters", held.IsBalanced);
Console.WriteLine(wrong == 0 ? "all parts work, and everything was given back" : held.ToString());
return wrong == 0 ? 0 : 1;

void Read(string what, IovIter iter)
{
    IovIter copied = iter.Duplicate();
    var bytes = new byte[text.Length];
    Check($"{what}, copied", copied.CopyFrom(bytes) == bytes.Length && bytes.AsSpan().SequenceEqual(text));

    using PageLease lease = iter.ExtractPages();
    long listed = 0;
    foreach (IoVector vector in lease.IoVectors)
        listed += (long)vector.Length;
    Check($"{what}, extracted", listed == text.Length && iter.IsEmpty);
}

void Check(string what, bool isRight)
{
    if (isRight)
        return;

    wrong++;
    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: wrong"));
}
