using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>
/// Prints sources with <c>^^^^ ID: message</c> under what was reported and <c>~~~~ ID</c> under what was expected and is missing.
/// </summary>
internal sealed class AnnotatedSource
{
    private readonly string _path;
    private readonly SourceText _text;
    private readonly List<(LinePositionSpan Span, char Mark, string Note)> _notes = [];

    private AnnotatedSource(string path, SourceText text)
    {
        _path = path;
        _text = text;
    }

    public static string Print(
        IEnumerable<(string Path, SourceText Text)> files,
        IEnumerable<Diagnostic> reported,
        IEnumerable<DiagnosticResult> missing)
    {
        ImmutableArray<AnnotatedSource> sources = [.. files.Select(file => new AnnotatedSource(file.Path, file.Text))];
        foreach (Diagnostic diagnostic in reported)
        {
            FileLinePositionSpan span = diagnostic.Location.GetLineSpan();
            Find(sources, span.Path)?._notes.Add(
                (span.Span, '^', $"{diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}"));
        }

        foreach (DiagnosticResult result in missing.Where(result => result.HasLocation))
            Find(sources, result.Spans[0].Span.Path)?._notes.Add((result.Spans[0].Span.Span, '~', $"expected {result.Id}"));

        StringBuilder output = new();
        foreach (AnnotatedSource source in sources)
            source.Print(output);
        return output.ToString();
    }

    private static AnnotatedSource? Find(ImmutableArray<AnnotatedSource> sources, string path) =>
        sources.FirstOrDefault(source => source._path == path);

    private void Print(StringBuilder output)
    {
        output.Append(_path).Append('\n');
        foreach (TextLine line in _text.Lines)
        {
            output.Append(CultureInfo.InvariantCulture, $"{line.LineNumber + 1,5} | {line}\n");
            foreach (var note in _notes.Where(note => note.Span.Start.Line == line.LineNumber).OrderBy(note => note.Span.Start.Character))
                output.Append("      | ").Append(Underline(line, note.Span, note.Mark)).Append(' ').Append(note.Note).Append('\n');
        }
    }

    private static string Underline(TextLine line, LinePositionSpan span, char mark)
    {
        int start = span.Start.Character;
        int end = span.End.Line == span.Start.Line ? span.End.Character : line.Span.Length;
        string before = line.ToString()[..Math.Min(start, line.Span.Length)];
        string indent = string.Concat(before.Select(character => character == '\t' ? '\t' : ' '));
        return indent + new string(mark, Math.Max(1, end - start));
    }
}
