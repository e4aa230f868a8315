using System.IO.Compression;
using System.Xml.Linq;

namespace BufferLifetime.Analyzers.Tests.Packages;

/// <summary>A folder of packages of one version, and what is in them.</summary>
internal sealed class PackageFeed(string folder, string version)
{
    /// <summary>Where the packages are.</summary>
    public string Folder => folder;

    /// <summary>All packages, by name.</summary>
    public string[] Files => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];

    /// <summary>The names of a package's entries, in order, without what the archive format itself needs.</summary>
    /// <param name="id">The package.</param>
    /// <param name="extension">The kind of package.</param>
    public string[] Entries(string id, string extension = "nupkg")
    {
        using ZipArchive archive = Open(id, extension);
        return
        [
            .. archive.Entries.Select(entry => entry.FullName)
                .Where(name => name is not ("[Content_Types].xml" or "_rels/.rels") && !name.StartsWith("package/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The bytes of one entry.</summary>
    /// <param name="id">The package.</param>
    /// <param name="entry">The entry's name.</param>
    /// <param name="extension">The kind of package.</param>
    public byte[] Read(string id, string entry, string extension = "nupkg")
    {
        using ZipArchive archive = Open(id, extension);
        using Stream stream = (archive.GetEntry(entry) ?? throw new FileNotFoundException(entry)).Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The times of all entries, once each.</summary>
    /// <param name="id">The package.</param>
    public DateTimeOffset[] Times(string id)
    {
        using ZipArchive archive = Open(id);
        return [.. archive.Entries.Select(entry => entry.LastWriteTime).Distinct()];
    }

    /// <summary>What a package says of itself: elements of its metadata by local name.</summary>
    /// <param name="id">The package.</param>
    public ILookup<string, XElement> Metadata(string id)
    {
        using var stream = new MemoryStream(Read(id, $"{id}.nuspec"));
        return XDocument.Load(stream).Root!.Elements().Single().Elements().ToLookup(element => element.Name.LocalName);
    }

    private ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(folder, $"{id}.{version}.{extension}"));
}
