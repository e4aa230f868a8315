using System.Globalization;
using System.Net;
using System.Text;

namespace BufferLifetime.Analyzers.Tests.Documentation.Timelines;

/// <summary>Draws a timeline as SVG: time runs downwards, code on the left, a bar for each thing that is followed on the right.</summary>
internal sealed class TimelineDrawing
{
    private const int RowHeight = 46;
    private const int Top = 64;
    private const int CodeWidth = 560;
    private const int LaneWidth = 150;
    private const int CodeCharacters = 66;
    private const int CaptionCharacters = 84;

    private const string Style = """
        text{font:13px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
        .code{font:12.5px ui-monospace,SFMono-Regular,Consolas,"Liberation Mono",monospace}
        .line,.kind,.caption,.words{fill:#59636e;font-size:12px}.line{font-family:ui-monospace,Consolas,"Liberation Mono",monospace}
        .name{font-weight:600}.page{fill:#fff;stroke:#d1d9e0}.rule{stroke:#d1d9e0}
        .held{fill:#2da44e}.weak{fill:#bf8700}.pending{fill:#0969da}.none{fill:#afb8c1}.gone{fill:#cf222e}
        .report{fill:#ffebe9}.hazard{fill:#fff8c5}.badge{fill:#cf222e}.badge-text{fill:#fff;font-weight:600;font-size:11.5px;text-anchor:middle}
        .report-text{fill:#cf222e;font-weight:600}.hazard-text{fill:#7d4e00;font-style:italic}.dot{fill:#fff;stroke-width:2.5}
        .dot.held{stroke:#2da44e;fill:#fff}.dot.weak{stroke:#bf8700;fill:#fff}.dot.pending{stroke:#0969da;fill:#fff}.dot.none{stroke:#afb8c1;fill:#fff}.dot.gone{stroke:#cf222e;fill:#fff}
        @media(prefers-color-scheme:dark){text{fill:#f0f6fc}.line,.kind,.caption,.words{fill:#9198a1}.page{fill:#0d1117;stroke:#3d444d}.rule{stroke:#3d444d}
        .held{fill:#3fb950}.weak{fill:#d29922}.pending{fill:#58a6ff}.none{fill:#656c76}.gone{fill:#f85149}.report{fill:#3c1618}.hazard{fill:#2e2611}.badge{fill:#da3633}.badge-text{fill:#fff}
        .report-text{fill:#ff7b72}.hazard-text{fill:#e3b341}
        .dot.held{stroke:#3fb950;fill:#0d1117}.dot.weak{stroke:#d29922;fill:#0d1117}.dot.pending{stroke:#58a6ff;fill:#0d1117}.dot.none{stroke:#656c76;fill:#0d1117}.dot.gone{stroke:#f85149;fill:#0d1117}}
        """;

    private readonly Timeline _timeline;
    private readonly StringBuilder _svg = new();

    private TimelineDrawing(Timeline timeline) => _timeline = timeline;

    private int Width => CodeWidth + (Math.Max(1, _timeline.Lanes.Count) * LaneWidth);

    private int Height => Top + (_timeline.Rows.Count * RowHeight) + 12;

    public static string Draw(Timeline timeline, string title) => new TimelineDrawing(timeline).Draw(title);

    private string Draw(string title)
    {
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img" aria-labelledby="title desc">""");
        Add($"""<title id="title">{Escape($"{_timeline.Id}: {title}, as a timeline")}</title>""");
        Add($"""<desc id="desc">{Escape(Describe(_timeline))}</desc>""");
        Add($"<style>{Style.ReplaceLineEndings("\n")}</style>");
        Add($"""<rect class="page" x="0.5" y="0.5" width="{Width - 1}" height="{Height - 1}" rx="8"/>""");
        for (int i = 0; i < _timeline.Rows.Count; i++)
            DrawBand(i);
        DrawHeads();
        for (int lane = 0; lane < _timeline.Lanes.Count; lane++)
            DrawLane(lane);
        for (int i = 0; i < _timeline.Rows.Count; i++)
            DrawRow(i);
        Add("</svg>");
        return _svg.ToString();
    }

    /// <summary>The timeline in words, a sentence for each row.</summary>
    public static string Describe(Timeline timeline) =>
        string.Join(" ", timeline.Rows.Select(row => row.Line is { } line ? $"Line {line}, {row.Code} {row.Caption}." : row.Kind == RowKind.Hazard ? $"Then: {row.Caption}." : $"{row.Code} {row.Caption}."));

    private void DrawHeads()
    {
        Text(20, 28, "name", "What runs");
        Text(20, 46, "kind", "one path through the code below, in time");
        for (int lane = 0; lane < _timeline.Lanes.Count; lane++)
        {
            Text(LaneX(lane) - 8, 28, "name code", Cut(_timeline.Lanes[lane].Name, 17));
            Text(LaneX(lane) - 8, 46, "kind", _timeline.Lanes[lane].Kind);
        }

        Add($"""<line class="rule" x1="12" y1="{Top - 6}" x2="{Width - 12}" y2="{Top - 6}"/>""");
    }

    private void DrawBand(int index)
    {
        if (_timeline.Rows[index].Kind != RowKind.Event)
        {
            string look = _timeline.Rows[index].Kind == RowKind.Report ? "report" : "hazard";
            Add($"""<rect class="{look}" x="8" y="{Y(index) - 21}" width="{Width - 16}" height="{RowHeight - 4}" rx="6"/>""");
        }
    }

    private void DrawRow(int index)
    {
        Row row = _timeline.Rows[index];
        int y = Y(index);
        if (row.Kind == RowKind.Hazard)
        {
            Add($"""<path class="weak" d="M20 {y + 6}l8 -14l8 14z"/>""");
            Text(46, y + 5, "hazard-text", Cut(row.Caption, CaptionCharacters));
            return;
        }

        if (row.Line is { } line)
            Text(20, y - 3, "line", line.ToString(CultureInfo.InvariantCulture).PadLeft(2));
        Text(46, y - 3, "code", Cut(row.Code, CodeCharacters));
        Text(46, y + 15, row.Kind == RowKind.Report ? "report-text" : "caption", row.Caption);
        if (row.Kind == RowKind.Report)
        {
            Add($"""<rect class="badge" x="{CodeWidth - 96}" y="{y + 1}" width="72" height="19" rx="9.5"/>""");
            Text(CodeWidth - 60, y + 14, "badge-text", _timeline.Id);
        }
    }

    private void DrawLane(int lane)
    {
        int x = LaneX(lane);
        LaneState? before = null;
        for (int i = 0; i < _timeline.Rows.Count; i++)
        {
            LaneState? state = _timeline.Rows[i].States[lane];
            int until = i + 1 < _timeline.Rows.Count ? Y(i + 1) : Y(i) + 14;
            if (state is not null)
                Add($"""<rect class="{state.Look}" x="{x}" y="{Y(i)}" width="6" height="{until - Y(i)}"{(state.Look is "gone" or "none" ? " opacity=\"0.45\"" : "")}/>""");
            if (state is not null && state != before)
            {
                Add($"""<circle class="dot {state.Look}" cx="{x + 3}" cy="{Y(i)}" r="5.5"/>""");
                Text(x + 16, Y(i) + 4, "words", state.Words);
            }

            before = state;
        }
    }

    private static int Y(int row) => Top + 20 + (row * RowHeight);

    private static int LaneX(int lane) => CodeWidth + 8 + (lane * LaneWidth);

    private static string Cut(string text, int characters) => text.Length <= characters ? text : text[..(characters - 1)].TrimEnd() + "…";

    private static string Escape(string text) => WebUtility.HtmlEncode(text).Replace("&#39;", "'", StringComparison.Ordinal).Replace("&quot;", "\"", StringComparison.Ordinal);

    private void Text(int x, int y, string look, string text) => Add($"""<text x="{x}" y="{y}" class="{look}">{Escape(text)}</text>""");

    private void Add(string element) => _svg.Append(element).Append('\n');
}
