using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>What the code says of one rule, for all that is written about it.</summary>
internal sealed partial class RuleFacts
{
    private RuleFacts(string id, ImmutableArray<DiagnosticDescriptor> descriptors)
    {
        Id = id;
        Descriptors = descriptors;
        Fixes = [.. FixProviders().Where(provider => provider.FixableDiagnosticIds.Contains(id))];
    }

    /// <summary>Every rule, in the order of the IDs.</summary>
    public static IReadOnlyList<RuleFacts> All { get; } =
    [
        .. new BufferLifetimeAnalyzer().SupportedDiagnostics.GroupBy(rule => rule.Id).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new RuleFacts(group.Key, [.. group])),
    ];

    public string Id { get; }

    public ImmutableArray<DiagnosticDescriptor> Descriptors { get; }

    /// <summary>The providers that can repair what the rule reports.</summary>
    public IReadOnlyList<CodeFixProvider> Fixes { get; }

    public DiagnosticDescriptor Descriptor => Descriptors[0];

    public string Title => Descriptor.Title.ToString(null);

    public string Category => Descriptor.Category;

    /// <summary>The default severity, in the words of an <c>.editorconfig</c>; <c>off</c> where it has to be switched on.</summary>
    public string Severity => !Descriptor.IsEnabledByDefault ? "off" : InWords(Descriptor.DefaultSeverity);

    /// <summary>Severities that some of its reports have instead of the rule's own.</summary>
    public IEnumerable<string> OtherSeverities => Wordings.Where(words => words.Certain.Id == Id && words.Severity is not null).Select(words => InWords(words.Severity!.Value));

    /// <summary>Whether some of its reports hold on some paths only, so that they can be switched off apart.</summary>
    public bool ReportsPossible => Descriptors.Length > 1;

    /// <summary>The release that first had it: the coming one, where it is not listed as shipped.</summary>
    public string Since
    {
        get
        {
            string shipped = Repository.Read("Analyzers", "AnalyzerReleases.Shipped.md");
            int at = shipped.IndexOf(Id + " |", StringComparison.Ordinal);
            return at < 0
                ? VersionPrefix().Match(Repository.Read("Directory.Build.props")).Groups[1].Value
                : Release().Matches(shipped[..at])[^1].Groups[1].Value;
        }
    }

    public static RuleFacts Of(string id) => All.Single(rule => rule.Id == id);

    private static string InWords(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Info => "suggestion",
        DiagnosticSeverity.Hidden => "silent",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static IEnumerable<Wording> Wordings =>
        typeof(Wording).Assembly.GetTypes().SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(member => member.FieldType == typeof(Wording)).Select(member => (Wording)member.GetValue(null)!);

    private static IEnumerable<CodeFixProvider> FixProviders() =>
        typeof(RepairProvider).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(CodeFixProvider).IsAssignableFrom(type))
            .OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (CodeFixProvider)Activator.CreateInstance(type)!);

    [GeneratedRegex("<VersionPrefix>(.*)</VersionPrefix>")]
    private static partial Regex VersionPrefix();

    [GeneratedRegex("^## Release (.*)$", RegexOptions.Multiline)]
    private static partial Regex Release();
}
