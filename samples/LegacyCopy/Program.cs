using System.Globalization;
using BufferLifetime;
using LegacyCopy;
using Microsoft.Win32.SafeHandles;

// Exit codes: 0 the copy equals its source, 1 it does not, 2 a file or system call failed, 3 this system cannot do it, 64 wrong usage.
const int Equal = 0, Different = 1, Failed = 2, Unsupported = 3, WrongUsage = 64;

int megabytes = 8;
if (args.Length > 1 || (args.Length == 1 && !(int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out megabytes) && megabytes is > 0 and <= 4096)))
{
    Console.Error.WriteLine("Usage: LegacyCopy [megabytes], from 1 to 4096; 8 when nothing is said.");
    return WrongUsage;
}

if (!Native.IsSupported)
{
    Console.Error.WriteLine("LegacyCopy needs preadv and pwritev, which 64-bit Linux and other Unix systems have and this one does not. Nothing was copied.");
    return Unsupported;
}

string folder = Path.Combine(Path.GetTempPath(), $"LegacyCopy-{Guid.NewGuid():n}");
try
{
    Directory.CreateDirectory(folder);
    using SafeFileHandle source = File.OpenHandle(Path.Combine(folder, "source"), FileMode.CreateNew, FileAccess.ReadWrite);
    using SafeFileHandle target = File.OpenHandle(Path.Combine(folder, "target"), FileMode.CreateNew, FileAccess.ReadWrite);
    Fill(source, (megabytes << 20) + 4321L);

    var copy = new VectoredCopy(source, target);
    copy.Run();
    string[] checksums = await Task.WhenAll(copy.ChecksumAsync(source), copy.ChecksumAsync(target));

    BufferCounters held = BufferLifetimeCounters.Read();
    Console.WriteLine($"copied  {RandomAccess.GetLength(target)} bytes in records of {VectoredCopy.RecordSize}");
    Console.WriteLine($"held    {held.ReferencesAcquired} by reference, {held.PinsAcquired} by pin");
    Console.WriteLine($"source  sha256 {checksums[0]}");
    Console.WriteLine($"target  sha256 {checksums[1]}");
    if (checksums[0] == checksums[1])
        return Equal;

    Console.Error.WriteLine("The copy differs from its source.");
    return Different;
}
catch (SystemCallException refused) when (refused.IsUnsupported)
{
    Console.Error.WriteLine($"This system does not offer what LegacyCopy needs: {refused.Message}.");
    return Unsupported;
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(failure.Message);
    return Failed;
}
finally
{
    if (Directory.Exists(folder))
        Directory.Delete(folder, recursive: true);
}

// The same bytes in every run, so that runs of different builds can be compared.
static void Fill(SafeFileHandle file, long length)
{
    var random = new Random(20260101);
    var chunk = new byte[65536];
    for (long position = 0; position < length; position += chunk.Length)
    {
        random.NextBytes(chunk);
        RandomAccess.Write(file, chunk.AsSpan(0, (int)Math.Min(chunk.Length, length - position)), position);
    }
}
