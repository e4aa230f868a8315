using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Pairs what was reported with what was expected; the whole of both must pair.</summary>
internal sealed class DiagnosticMatching
{
    private static readonly PropertyInfo? Arguments =
        typeof(Diagnostic).GetProperty("Arguments", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);

    private readonly ImmutableArray<Diagnostic> _reported;
    private readonly List<Diagnostic> _unexpected;
    private readonly List<DiagnosticResult> _missing = [];

    private DiagnosticMatching(ImmutableArray<Diagnostic> reported)
    {
        _reported = reported;
        _unexpected = [.. reported];
    }

    public bool IsComplete => _unexpected.Count == 0 && _missing.Count == 0;

    public IReadOnlyList<Diagnostic> Unexpected => _unexpected;

    public static DiagnosticMatching Create(ImmutableArray<Diagnostic> reported, IEnumerable<DiagnosticResult> expected)
    {
        DiagnosticMatching matching = new(reported);
        // What says most about itself chooses first, so that a loose expectation does not take what a strict one needs.
        foreach (DiagnosticResult result in expected.OrderByDescending(Strictness))
        {
            int index = matching._unexpected.FindIndex(diagnostic => Differences(result, diagnostic).Count == 0);
            if (index >= 0)
                matching._unexpected.RemoveAt(index);
            else
                matching._missing.Add(result);
        }

        return matching;
    }

    public string Describe(IEnumerable<(string Path, SourceText Text)> files)
    {
        StringBuilder output = new();
        foreach (DiagnosticResult missing in _missing)
        {
            output.Append("  not reported: ").Append(missing).Append('\n');
            if (Nearest(missing) is { } nearest)
                output.Append("      but reported: ").AppendJoin("; ", Differences(missing, nearest)).Append('\n');
        }

        foreach (Diagnostic unexpected in _unexpected)
        {
            output.Append("  not expected: ").Append(unexpected.Id).Append(" at ").Append(DiagnosticLocation.Describe(unexpected.Location))
                .Append(": ").Append(unexpected.GetMessage(CultureInfo.InvariantCulture)).Append('\n');
            foreach (Location location in unexpected.AdditionalLocations)
                output.Append("      also at ").Append(DiagnosticLocation.Describe(location)).Append('\n');
        }

        return output.Append('\n').Append(AnnotatedSource.Print(files, _reported, _missing)).ToString();
    }

    private static int Strictness(DiagnosticResult expected) =>
        (expected.Message is null ? 0 : 4)
        + (expected.Options.HasFlag(DiagnosticOptions.IgnoreAdditionalLocations) ? 0 : 2)
        + (expected.Spans.Any(span => span.Options.HasFlag(DiagnosticLocationOptions.IgnoreLength)) ? 0 : 1);

    private Diagnostic? Nearest(DiagnosticResult missing) =>
        _unexpected
            .Where(diagnostic => diagnostic.Id == missing.Id || (missing.HasLocation && missing.Spans[0].Matches(diagnostic.Location)))
            .OrderBy(diagnostic => Differences(missing, diagnostic).Count)
            .FirstOrDefault();

    private static List<string> Differences(DiagnosticResult expected, Diagnostic actual)
    {
        List<string> differences = [];
        if (expected.Id != actual.Id)
            differences.Add($"the ID is {actual.Id}");
        if (!(expected.HasLocation ? expected.Spans[0].Matches(actual.Location) : actual.Location.Kind == LocationKind.None))
            differences.Add($"the location is {DiagnosticLocation.Describe(actual.Location)}");
        if (!AdditionalLocationsMatch(expected, actual))
        {
            string places = string.Join(", ", actual.AdditionalLocations.Select(DiagnosticLocation.Describe));
            differences.Add($"the additional locations are [{places}]");
        }

        if (!expected.Options.HasFlag(DiagnosticOptions.IgnoreSeverity) && expected.Severity != actual.Severity)
            differences.Add($"the severity is {actual.Severity}, not {expected.Severity}");
        if (!MessageMatches(expected, actual))
            differences.Add($"the message is \"{actual.GetMessage(CultureInfo.InvariantCulture)}\"");
        return differences;
    }

    private static bool AdditionalLocationsMatch(DiagnosticResult expected, Diagnostic actual) =>
        !expected.HasLocation
        || expected.Options.HasFlag(DiagnosticOptions.IgnoreAdditionalLocations)
        || (expected.Spans.Length - 1 == actual.AdditionalLocations.Count
            && expected.Spans.Skip(1).Zip(actual.AdditionalLocations).All(pair => pair.First.Matches(pair.Second)));

    private static bool MessageMatches(DiagnosticResult expected, Diagnostic actual)
    {
        if (expected.Message is { } message)
            return message == actual.GetMessage(CultureInfo.InvariantCulture);
        return expected.MessageArguments is not { Count: > 0 } arguments
            || Arguments?.GetValue(actual) is IEnumerable<object?> actualArguments
            && arguments.Select(Text).SequenceEqual(actualArguments.Select(Text));
    }

    private static string Text(object? argument) => Convert.ToString(argument, CultureInfo.InvariantCulture) ?? "";
}
