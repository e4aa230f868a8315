using Xunit;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>Tests that may write the same file do so one after another.</summary>
[CollectionDefinition(Name)]
public sealed class DocumentationTests
{
    public const string Name = "Documentation";
}
