using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>The files of a project, in order. A file without a name is called by its place in the list.</summary>
public sealed class SourceFileList : List<(string filename, SourceText content)>
{
    private readonly string _defaultPrefix;
    private readonly string _defaultExtension;

    public SourceFileList(string defaultPrefix, string defaultExtension)
    {
        _defaultPrefix = defaultPrefix;
        _defaultExtension = defaultExtension;
    }

    public void Add(string content) => Add(($"{_defaultPrefix}{Count}.{_defaultExtension}", content));

    public void Add((string filename, string content) file) => Add((file.filename, SourceText.From(file.content, Encoding.UTF8)));
}
