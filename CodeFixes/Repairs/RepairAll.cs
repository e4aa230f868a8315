using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>
/// Repairs the reports of a document one after the other, each in what the one before left. Repairs of one block move the same
/// statements: made apart and merged afterwards, as the batch fixer does it, all but one of them would be lost.
/// </summary>
internal sealed class RepairAll : DocumentBasedFixAllProvider
{
    public static readonly RepairAll Instance = new();

    protected override async Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        CancellationToken cancellationToken = fixAllContext.CancellationToken;
        if (((RepairProvider)fixAllContext.CodeFixProvider).Find(fixAllContext.CodeActionEquivalenceKey) is not { } repair
            || await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root)
        {
            return document;
        }

        List<TrackedReport> reports = [];
        foreach (Diagnostic diagnostic in diagnostics
            .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)
            .ThenBy(diagnostic => diagnostic.Location.SourceSpan.End)
            .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)
            .ThenBy(diagnostic => diagnostic.AdditionalLocations.Count > 0 ? diagnostic.AdditionalLocations[0].SourceSpan.Start : 0))
        {
            if (Report.Of(diagnostic, root) is { } report)
            {
                reports.Add(new TrackedReport(report));
            }
        }

        document = document.WithSyntaxRoot(TrackedReport.Mark(root, reports));
        foreach (TrackedReport tracked in reports)
        {
            root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
            if (tracked.In(root!) is { } report
                && await RepairProvider.ApplyAsync(repair, report, document, cancellationToken).ConfigureAwait(false) is var (_, repaired))
            {
                document = repaired;
            }
        }

        return document;
    }

    /// <summary>A report that is found again after the tree around it has changed.</summary>
    private sealed class TrackedReport(Report report)
    {
        private readonly SyntaxAnnotation _spot = new();
        private readonly SyntaxAnnotation _origin = new();

        public static SyntaxNode Mark(SyntaxNode root, List<TrackedReport> reports)
        {
            Dictionary<SyntaxNode, List<SyntaxAnnotation>> marks = [];
            foreach (TrackedReport tracked in reports)
            {
                Add(tracked.Report.Spot, tracked._spot);
                if (tracked.Report.Origin is { } origin)
                {
                    Add(origin, tracked._origin);
                }
            }

            return root.ReplaceNodes(marks.Keys, (node, current) => current.WithAdditionalAnnotations(marks[node]));

            void Add(SyntaxNode node, SyntaxAnnotation mark)
            {
                if (!marks.TryGetValue(node, out List<SyntaxAnnotation>? all))
                {
                    marks.Add(node, all = []);
                }

                all.Add(mark);
            }
        }

        private Report Report { get; } = report;

        /// <summary>The report, or null if what it spoke of is gone.</summary>
        public Report? In(SyntaxNode root)
        {
            SyntaxNode? spot = root.GetAnnotatedNodes(_spot).FirstOrDefault();
            SyntaxNode? origin = root.GetAnnotatedNodes(_origin).FirstOrDefault();
            return spot is null || (Report.Origin is not null && origin is null) ? null : Report with { Spot = spot, Origin = origin };
        }
    }
}
