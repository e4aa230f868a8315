using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>A diagnostic that a test expects. The first location is the squiggle, the rest are additional locations.</summary>
public readonly record struct DiagnosticResult
{
    public DiagnosticResult(string id, DiagnosticSeverity severity)
    {
        Id = id;
        Severity = severity;
        Spans = [];
    }

    public DiagnosticResult(DiagnosticDescriptor descriptor)
        : this(descriptor.Id, descriptor.DefaultSeverity)
    {
        MessageFormat = descriptor.MessageFormat;
    }

    public string Id { get; }

    public DiagnosticSeverity Severity { get; private init; }

    public DiagnosticOptions Options { get; private init; }

    public ImmutableArray<DiagnosticLocation> Spans { get; private init; }

    public LocalizableString? MessageFormat { get; private init; }

    public IReadOnlyList<object?>? MessageArguments { get; private init; }

    public bool HasLocation => !Spans.IsEmpty;

    /// <summary>
    /// The whole message, or null when any will do. A format whose arguments the test does not give is compared as it stands, and fails.
    /// </summary>
    public string? Message
    {
        get
        {
            if (AnyMessage || ExactMessage is not null)
                return ExactMessage;
            if (MessageFormat is null)
                return null;

            string format = MessageFormat.ToString(CultureInfo.InvariantCulture);
            try
            {
                return string.Format(CultureInfo.InvariantCulture, format, [.. MessageArguments ?? []]);
            }
            catch (FormatException)
            {
                return format;
            }
        }
    }

    private string? ExactMessage { get; init; }

    private bool AnyMessage { get; init; }

    public static DiagnosticResult CompilerError(string identifier) => new(identifier, DiagnosticSeverity.Error);

    public static DiagnosticResult CompilerWarning(string identifier) => new(identifier, DiagnosticSeverity.Warning);

    public DiagnosticResult WithSeverity(DiagnosticSeverity severity) => this with { Severity = severity };

    public DiagnosticResult WithOptions(DiagnosticOptions options) => this with { Options = options };

    public DiagnosticResult WithArguments(params object[] arguments) => this with { MessageArguments = arguments };

    public DiagnosticResult WithMessage(string? message) => this with { ExactMessage = message, AnyMessage = message is null };

    public DiagnosticResult WithMessageFormat(LocalizableString messageFormat) => this with { MessageFormat = messageFormat };

    public DiagnosticResult WithNoLocation() => this with { Spans = [] };

    /// <summary>The span marked <c>{|#markupKey:…|}</c>.</summary>
    public DiagnosticResult WithLocation(int markupKey) => WithLocation(markupKey, DiagnosticLocationOptions.None);

    public DiagnosticResult WithLocation(int markupKey, DiagnosticLocationOptions options) =>
        Append(new FileLinePositionSpan($"#{markupKey}", default), options | DiagnosticLocationOptions.InterpretAsMarkupKey);

    /// <summary>A start, counted from 1; the length is not compared.</summary>
    public DiagnosticResult WithLocation(int line, int column) => WithLocation("", line, column);

    public DiagnosticResult WithLocation(string path, int line, int column) =>
        WithLocation(path, new LinePosition(line - 1, column - 1));

    public DiagnosticResult WithLocation(string path, LinePosition location) =>
        Append(new FileLinePositionSpan(path, location, location), DiagnosticLocationOptions.IgnoreLength);

    /// <summary>A start and an end, counted from 1.</summary>
    public DiagnosticResult WithSpan(int startLine, int startColumn, int endLine, int endColumn) =>
        WithSpan("", startLine, startColumn, endLine, endColumn);

    public DiagnosticResult WithSpan(string path, int startLine, int startColumn, int endLine, int endColumn) =>
        WithSpan(new FileLinePositionSpan(path, new(startLine - 1, startColumn - 1), new(endLine - 1, endColumn - 1)));

    public DiagnosticResult WithSpan(FileLinePositionSpan span) => Append(span, DiagnosticLocationOptions.None);

    public DiagnosticResult WithDefaultPath(string path) => this with
    {
        Spans = [.. Spans.Select(location => location.Span.Path.Length > 0
            ? location
            : location with { Span = new(path, location.Span.Span) })],
    };

    /// <summary>Replaces markup keys by the spans that the sources mark with them.</summary>
    public DiagnosticResult WithAppliedMarkupLocations(IReadOnlyDictionary<string, FileLinePositionSpan> marked) => this with
    {
        Spans = [.. Spans.Select(location => Resolve(location, marked))],
    };

    public override string ToString()
    {
        string at = HasLocation ? string.Join(", ", Spans) : "no location";
        return Message is { } message ? $"{Id} at {at}: {message}" : $"{Id} at {at}";
    }

    private static DiagnosticLocation Resolve(DiagnosticLocation location, IReadOnlyDictionary<string, FileLinePositionSpan> marked)
    {
        if (!location.Options.HasFlag(DiagnosticLocationOptions.InterpretAsMarkupKey))
            return location;
        if (!marked.TryGetValue(location.Span.Path, out FileLinePositionSpan span))
            throw new VerificationException($"The markup location '{location.Span.Path}' was not found in the sources.");
        return new DiagnosticLocation(span, location.Options & ~DiagnosticLocationOptions.InterpretAsMarkupKey);
    }

    private DiagnosticResult Append(FileLinePositionSpan span, DiagnosticLocationOptions options) =>
        this with { Spans = Spans.Add(new DiagnosticLocation(span, options)) };
}
