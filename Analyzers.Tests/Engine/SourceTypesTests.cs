using System.Text;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.Engine;

/// <summary>What the engine says of members of other types, asked one by one.</summary>
public sealed class SourceTypesTests
{
    private const string Code = """
        using System;
        using System.Buffers;

        static class Ping { public static void Free(byte[] b, int n) { if (n > 0) Pong.Free(b, n - 1); else ArrayPool<byte>.Shared.Return(b); } public static void Look(byte[] b) => Pong.Look(b); }
        static class Pong { public static void Free(byte[] b, int n) { if (n > 0) Ping.Free(b, n - 1); else ArrayPool<byte>.Shared.Return(b); } public static void Look(byte[] b) => b[0] = 1; }

        sealed class Buffered : IDisposable
        {
            private byte[] _bytes;
            private byte[] _others;
            private readonly byte[] _own = new byte[4];
            private bool _ended;
            public Buffered(int n, byte[] others) { _bytes = ArrayPool<byte>.Shared.Rent(n); _others = others; }
            public Span<byte> Span => _bytes;
            public void Swap(byte[] with) => _bytes = with;
            public void Touch() => _bytes[0] = 1;
            public void Dispose() { if (_ended) return; _ended = true; ArrayPool<byte>.Shared.Return(_bytes); _bytes = null!; ArrayPool<byte>.Shared.Return(_others); }
        }
        """;

    private static readonly Compilation Compiled = new AnalyzerHarness(new BufferLifetimeAnalyzer()).Compile(Code);

    private static SourceTypes Types() => new(new Source(Compiled).GraphOf, new ProtocolTable(), static _ => true);

    private static INamedTypeSymbol Type(string name) => Compiled.GetTypeByMetadataName(name)!;

    private static IMethodSymbol Method(string type, string name) => (IMethodSymbol)Type(type).GetMembers(name).Single();

    [Fact]
    public void Constructor_says_what_it_leaves_in_fields_that_disposal_gives_back()
    {
        Made made = Types().AskMade(Type("Buffered").InstanceConstructors.Single(), SourceTypes.MaxDepth, default)!;

        Assert.Equal(["_bytes", "_others"], made.Parts.Select(static part => part.Field.Name));
        Assert.Same(ResourceKind.Rental, made.Parts[0].Acquired!.Kind);
        Assert.Equal(1, made.Parts[1].From);
    }

    [Theory]
    [InlineData("Dispose", "_bytes", true, true, false)]
    [InlineData("Dispose", "_others", true, false, false)]
    [InlineData("Touch", "_bytes", false, false, false)]
    [InlineData("get_Span", "_bytes", false, false, true)]
    public void Member_says_what_it_does_with_what_a_field_has(string member, string field, bool releases, bool clears, bool returns)
    {
        FieldFate fate = Types().AskField(Method("Buffered", member), Type("Buffered").GetMembers(field).Single(), SourceTypes.MaxDepth, default)!;

        Assert.Equal((releases, clears, returns), (fate.Release is not null, fate.IsCleared, fate.Returned is not null));
    }

    [Fact]
    public void Member_that_loses_what_a_field_has_says_nothing() =>
        Assert.Null(Types().AskField(Method("Buffered", "Swap"), Type("Buffered").GetMembers("_bytes").Single(), SourceTypes.MaxDepth, default));

    [Fact]
    public void Types_that_call_each_other_in_a_circle_come_to_an_end_and_say_the_same_whoever_is_asked_first()
    {
        foreach (string[] order in new[] { new[] { "Ping", "Pong" }, ["Pong", "Ping"] })
        {
            SourceTypes types = Types();
            foreach (string type in order)
                Assert.Null(types.Ask(Method(type, "Free"), Method(type, "Free").Parameters[0], SourceTypes.MaxDepth, default));
            foreach (string type in order)
                Assert.Equal(new Given(null), types.Ask(Method(type, "Look"), Method(type, "Look").Parameters[0], SourceTypes.MaxDepth, default));
        }
    }

    [Theory]
    [InlineData(SourceTypes.MaxDepth, true)]
    [InlineData(SourceTypes.MaxDepth + 1, false)]
    public async Task Call_through_too_many_types_gets_the_benefit_of_the_doubt(int types, bool isFound)
    {
        StringBuilder source = new();
        for (int i = 1; i < types; i++)
            source.Append($"static class T{i} {{ public static void Look(PageLease lease) => T{i + 1}.Look(lease); }}\n");
        source.Append($"static class T{types} {{ public static void Look(PageLease lease) => System.Console.Beep(); }}\n");

        Assert.Equal(isFound, await FindsLeakAsync(source.ToString(), "T1.Look(lease);"));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(Source.MaxLength, false)]
    public async Task Method_of_another_type_that_is_too_long_to_be_read_gets_the_benefit_of_the_doubt(int length, bool isFound) =>
        Assert.Equal(isFound, await FindsLeakAsync($"static class T {{ public static void Look(PageLease lease) {{ /* {new string('-', length)} */ System.Console.Beep(); }} }}", "T.Look(lease);"));

    private static async Task<bool> FindsLeakAsync(string types, string statement)
    {
        AnalysisRun run = await new AnalyzerHarness(new BufferLifetimeAnalyzer()).RunAsync("using BufferLifetime; class C { void M(IovIter iter) { PageLease lease = iter.ExtractPages(); " + statement + " } } " + types);
        Assert.Empty(run.Compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Empty(run.Exceptions);
        return run.Diagnostics.Any(static diagnostic => diagnostic.Id == RuleIds.NotReleased);
    }
}
