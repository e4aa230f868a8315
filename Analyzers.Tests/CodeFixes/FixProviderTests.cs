using System.Composition;
using System.Reflection;
using BufferLifetime.CodeFixes.Direction;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace BufferLifetime.Analyzers.Tests.CodeFixes;

/// <summary>What a host asks of every fix before it runs any.</summary>
public sealed class FixProviderTests
{
    internal static IEnumerable<Type> Types =>
        typeof(RepairProvider).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(CodeFixProvider).IsAssignableFrom(type));

    public static TheoryData<Type> Providers => [.. Types];

    [Theory]
    [MemberData(nameof(Providers))]
    public void Every_fix_is_exported_shared_and_named(Type type)
    {
        ExportCodeFixProviderAttribute export = type.GetCustomAttribute<ExportCodeFixProviderAttribute>()!;

        Assert.Equal([LanguageNames.CSharp], export.Languages);
        Assert.Equal(type.Name, export.Name);
        Assert.NotNull(type.GetCustomAttribute<SharedAttribute>());
        Assert.True(type.IsPublic);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Every_fix_answers_rules_that_exist_in_every_scope(Type type)
    {
        var provider = (CodeFixProvider)Activator.CreateInstance(type)!;

        Assert.NotEmpty(provider.FixableDiagnosticIds);
        Assert.Empty(provider.FixableDiagnosticIds.Except(new BufferLifetimeAnalyzer().SupportedDiagnostics.Select(rule => rule.Id)));
        Assert.Superset(
            new HashSet<FixAllScope> { FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution },
            provider.GetFixAllProvider()!.GetSupportedFixAllScopes().ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Every_key_of_a_fix_finds_its_repair(Type type)
    {
        var provider = (RepairProvider)Activator.CreateInstance(type)!;
        string[] keys = [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];

        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Equal(key, provider.Find(key)?.Key));
        Assert.Null(provider.Find("another"));
    }

    [Fact]
    public void Fix_all_without_a_key_does_what_the_first_action_does() =>
        // A command line asks with the key of the first report's action: there is none when that report has no action.
        Assert.Equal(PinnedExtractionFix.PinKey, new PinnedExtractionFix().Find(null)?.Key);
}
