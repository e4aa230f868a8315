using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>An action that a fix provider registered for a diagnostic, and that the test has chosen.</summary>
internal sealed record RegisteredFix(AnalyzedDiagnostic Target, Document Document, CodeFixProvider Provider, CodeAction Action)
{
    /// <summary>The first of <paramref name="diagnostics"/> for which <paramref name="choice"/> finds an action.</summary>
    public static async Task<RegisteredFix?> FindFirstAsync(
        Solution solution,
        IEnumerable<AnalyzedDiagnostic> diagnostics,
        ImmutableArray<CodeFixProvider> providers,
        CodeActionChoice choice,
        CancellationToken cancel)
    {
        foreach (AnalyzedDiagnostic target in diagnostics)
        {
            if (choice.Choose(await FindAsync(solution, target, providers, cancel)) is { } chosen)
                return chosen;
        }

        return null;
    }

    /// <summary>Every action that is offered for a diagnostic.</summary>
    public static async Task<List<RegisteredFix>> FindAsync(
        Solution solution,
        AnalyzedDiagnostic target,
        ImmutableArray<CodeFixProvider> providers,
        CancellationToken cancel)
    {
        List<RegisteredFix> registered = [];
        if (solution.GetDocument(target.Diagnostic.Location.SourceTree) is not { } document)
            return registered;

        foreach (CodeFixProvider provider in providers.Where(provider => provider.FixableDiagnosticIds.Contains(target.Diagnostic.Id)))
        {
            CodeFixContext context = new(
                document,
                target.Diagnostic.Location.SourceSpan,
                [target.Diagnostic],
                (action, _) => registered.AddRange(Leaves(action).Select(leaf => new RegisteredFix(target, document, provider, leaf))),
                cancel);
            await provider.RegisterCodeFixesAsync(context);
        }

        return registered;
    }

    /// <summary>The actions that a user can choose: those of a submenu, not its title.</summary>
    private static IEnumerable<CodeAction> Leaves(CodeAction action) =>
        action.NestedActions.IsEmpty ? [action] : action.NestedActions.SelectMany(Leaves);
}
