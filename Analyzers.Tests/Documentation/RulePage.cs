using System.Text;

namespace BufferLifetime.Analyzers.Tests.Documentation;

/// <summary>A fenced piece of a page: the words after the fence, and the text without its fences.</summary>
internal sealed record Sample(string Info, string Text);

/// <summary>A page under <c>docs/rules</c>, by its headings.</summary>
internal sealed class RulePage
{
    public const string Violating = "Violating code";
    public const string Repaired = "Repaired code";
    public const string NearMisses = "Near misses";
    public const string Suppressing = "When to suppress";

    /// <summary>The headings of a page, in their order.</summary>
    public static readonly string[] Headings = ["Why it is a bug", Violating, Repaired, NearMisses, Suppressing, "Options", "Known limits"];

    private readonly Dictionary<string, string> _sections = [];

    private RulePage(string id, string text)
    {
        Id = id;
        Text = text;
        string[] parts = ("\n" + text).Split("\n## ");
        Title = parts[0].TrimStart().Split('\n')[0];
        Found = [.. parts.Skip(1).Select(part => part.Split('\n')[0])];
        foreach (string part in parts.Skip(1))
            _sections[part.Split('\n')[0]] = part;
    }

    public static string Folder { get; } = Repository.PathOf("docs", "rules");

    public string Id { get; }

    public string Text { get; }

    /// <summary>The first line.</summary>
    public string Title { get; }

    /// <summary>The headings that the page has.</summary>
    public IReadOnlyList<string> Found { get; }

    public static string PathOf(string id) => Path.Combine(Folder, id + ".md");

    public static RulePage Read(string id)
    {
        Generated.Exists(PathOf(id));
        return new RulePage(id, File.ReadAllText(PathOf(id)).ReplaceLineEndings("\n"));
    }

    /// <summary>The page of a new rule, for its author to fill.</summary>
    public static string Begin(string id, string title)
    {
        var page = new StringBuilder($"# {id}: {title}\n\n{Place("table")}\nReports …\n\n{Place("picture")}");
        foreach (string heading in Headings)
        {
            page.Append("\n## ").Append(heading).Append("\n\n").Append(heading switch
            {
                Violating => $"```csharp\n// {id} at the end of the line that is reported\n```\n\n{Place("report")}",
                Repaired or NearMisses or Suppressing => "```csharp\n```\n",
                "Options" => Place("options"),
                _ => "…\n",
            });
        }

        return page.ToString();

        static string Place(string name) => $"<!-- {name}:begin -->\n<!-- {name}:end -->\n";
    }

    public string Section(string heading) => _sections.TryGetValue(heading, out string? text) ? text : "";

    /// <summary>The C# pieces of a section.</summary>
    public IEnumerable<Sample> Code(string heading) => Blocks(Section(heading)).Where(sample => sample.Info.StartsWith("csharp", StringComparison.Ordinal));

    /// <summary>All fenced pieces of a text.</summary>
    public static IEnumerable<Sample> Blocks(string text)
    {
        string? info = null;
        List<string> lines = [];
        foreach (string line in text.Split('\n'))
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                lines.Add(line);
            }
            else if (info is null)
            {
                info = line[3..].Trim();
                lines.Clear();
            }
            else
            {
                yield return new Sample(info, string.Join('\n', lines));
                info = null;
            }
        }
    }
}
