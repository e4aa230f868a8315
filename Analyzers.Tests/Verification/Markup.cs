using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>
/// A source with its markup taken out: <c>[|…|]</c>, <c>{|name:…|}</c>, <c>{|#0:…|#0}</c> and <c>$$</c>.
/// Spans nest; those closed by number, and the two kinds of bracket, may also overlap.
/// </summary>
internal sealed partial class Markup
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Name, int Start)> _open = [];
    private readonly List<(string Name, TextSpan Span)> _spans = [];
    private readonly List<int> _positions = [];

    private Markup()
    {
    }

    public string Text => _text.ToString();

    public ImmutableArray<int> Positions => [.. _positions];

    /// <summary>In the order of their starts; the name of <c>[|…|]</c> is empty.</summary>
    public ImmutableArray<(string Name, TextSpan Span)> Spans => [.. _spans.OrderBy(span => span.Span.Start)];

    public static Markup Parse(string source, bool positionsAreCode = false)
    {
        Markup markup = new();
        for (int at = 0; at < source.Length;)
        {
            int length = markup.TakeMark(source, at, positionsAreCode);
            if (length == 0)
                markup._text.Append(source[at++]);
            at += length;
        }

        if (markup._open.Count > 0)
            throw new VerificationException($"The markup span '{markup._open[^1].Name}' is opened and never closed.");
        return markup;
    }

    [GeneratedRegex(@"\G\{\|(?<name>[^:|\[\]{}\s]+):")]
    private static partial Regex NamedStart();

    [GeneratedRegex(@"\G\|(?<name>#\d+)\}")]
    private static partial Regex NumberedEnd();

    /// <summary>Takes the mark at <paramref name="at"/>, if there is one, and returns how long it is.</summary>
    private int TakeMark(string source, int at, bool positionsAreCode)
    {
        if (!positionsAreCode && Follows(source, at, "$$"))
        {
            _positions.Add(_text.Length);
            return 2;
        }

        if (Follows(source, at, "[|") && !IsBracketBeforeEnd(source, at))
            return Open("", 2);
        if (Follows(source, at, "|]"))
            return Close(open => open.Name.Length == 0, "|]");
        if (Follows(source, at, "|}"))
            return Close(open => open.Name.Length > 0, "|}");
        if (NamedStart().Match(source, at) is { Success: true } start)
            return Open(start.Groups["name"].Value, start.Length);
        if (NumberedEnd().Match(source, at) is { Success: true } end)
            return Close(open => open.Name == end.Groups["name"].Value, end.Value);
        return 0;
    }

    /// <summary>In <c>[|x[|]</c> the second bracket is code, when a span is open that its bar closes.</summary>
    private bool IsBracketBeforeEnd(string source, int at) =>
        at + 2 < source.Length
        && (source[at + 2] == ']' && _open.Count > 0 && _open[^1].Name.Length == 0
            || source[at + 2] == '}' && _open.Count > 0 && _open[^1].Name.Length > 0);

    private int Open(string name, int length)
    {
        if (name.StartsWith('#') && (_open.Any(open => open.Name == name) || _spans.Any(span => span.Name == name)))
            throw new VerificationException($"The markup location '{name}' is marked twice.");
        _open.Add((name, _text.Length));
        return length;
    }

    private int Close(Predicate<(string Name, int Start)> matches, string mark)
    {
        int index = _open.FindLastIndex(matches);
        if (index < 0)
            throw new VerificationException($"The markup '{mark}' closes a span that is not open, after '{LastLine()}'.");
        _spans.Add((_open[index].Name, TextSpan.FromBounds(_open[index].Start, _text.Length)));
        _open.RemoveAt(index);
        return mark.Length;
    }

    private string LastLine() => Text[(Text.LastIndexOf('\n') + 1)..];

    private static bool Follows(string source, int at, string mark) => string.CompareOrdinal(source, at, mark, 0, mark.Length) == 0;
}
