using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>
/// Offers repairs, each only when it was made, compiles, and leaves less to report: whoever sees it in the menu can take it. The first repair is the one that
/// is right for all reports; it is what a command line takes.
/// </summary>
public abstract class RepairProvider : CodeFixProvider
{
    private readonly ImmutableArray<Repair> _repairs;

    private protected RepairProvider(ImmutableArray<string> ids, params Repair[] repairs)
    {
        FixableDiagnosticIds = ids;
        _repairs = [.. repairs];
    }

    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    internal IReadOnlyList<Repair> Repairs => _repairs;

    public sealed override FixAllProvider GetFixAllProvider() => RepairAll.Instance;

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root is null || Report.Of(diagnostic, root) is not { } report)
            {
                continue;
            }

            foreach (Repair repair in _repairs)
            {
                if (await ApplyAsync(repair, report, context.Document, context.CancellationToken).ConfigureAwait(false) is var (title, repaired))
                {
                    context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(repaired), repair.Key), diagnostic);
                }
            }
        }
    }

    /// <summary>The repair that an equivalence key stands for; the first where a command line has found none to ask for.</summary>
    internal Repair? Find(string? key)
    {
        foreach (Repair repair in _repairs)
        {
            if (key is null || repair.Key == key)
            {
                return repair;
            }
        }

        return null;
    }

    internal static async Task<(string Title, Document Repaired)?> ApplyAsync(Repair repair, Report report, Document document, CancellationToken cancellationToken)
    {
        if (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return null;
        }

        foreach (Proposal proposal in repair.Propose(report, model, cancellationToken))
        {
            Document changed = document.WithSyntaxRoot(proposal.Root);
            if (await CompilerCheck.IsPassedAsync(model, report.Spot, changed, cancellationToken).ConfigureAwait(false)
                && await AnalyzerCheck.IsPassedAsync(report.Id, document, changed, cancellationToken).ConfigureAwait(false)
                && (proposal.Probe is not { } probe
                    || await AnalyzerCheck.IsMoreCertainAsync(report.Id, document, document.WithSyntaxRoot(probe), cancellationToken).ConfigureAwait(false)))
            {
                return (proposal.Title, await Formatting.ApplyAsync(changed, cancellationToken).ConfigureAwait(false));
            }
        }

        return null;
    }
}
