using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Applies the action to all that it fits in a document, a project or the solution, and nowhere else.</summary>
internal sealed class FixAllStep : IFixStep
{
    private readonly FixAllScope _scope;
    private readonly CodeActionValidationMode _validation;

    public FixAllStep(FixAllScope scope, CodeActionValidationMode validation)
    {
        _scope = scope;
        _validation = validation;
    }

    public string Name => $"Fix all in {_scope}";

    public async Task<Solution> ApplyAsync(RegisteredFix fix, ImmutableArray<AnalyzedDiagnostic> all, CancellationToken cancel)
    {
        FixAllProvider provider = fix.Provider.GetFixAllProvider()
            ?? throw Failure($"{fix.Provider.GetType().Name} has no FixAllProvider");
        if (!provider.GetSupportedFixAllScopes().Contains(_scope))
            throw Failure("the FixAllProvider does not support the scope");

        FixAllContext context = new(
            fix.Document,
            fix.Provider,
            _scope,
            fix.Action.EquivalenceKey!,
            provider.GetSupportedFixAllDiagnosticIds(fix.Provider),
            new ReportedDiagnostics(all),
            cancel);
        CodeAction action = await provider.GetFixAsync(context)
            ?? throw Failure("the FixAllProvider offers nothing");

        Solution before = fix.Document.Project.Solution;
        Solution after = await AppliedAction.ApplyAsync(action, before, _validation, cancel);
        foreach (ProjectChanges project in after.GetChanges(before).GetProjectChanges())
        {
            var changed = project.GetChangedDocuments(onlyGetDocumentsWithTextChanges: true);
            if (changed.FirstOrDefault(document => !IsInScope(document, fix)) is { } outside)
                throw Failure($"'{before.GetDocument(outside)?.FilePath}' is outside the scope and was changed");
        }

        return after;
    }

    private bool IsInScope(DocumentId changed, RegisteredFix fix) => _scope switch
    {
        FixAllScope.Document => changed == fix.Document.Id,
        FixAllScope.Project => changed.ProjectId == fix.Document.Project.Id,
        _ => true,
    };

    private VerificationException Failure(string what) =>
        new($"{Name}: {what}. A fix that works one by one only says so with CodeFixTestBehaviors.SkipFixAll….");

    private sealed class ReportedDiagnostics : FixAllContext.DiagnosticProvider
    {
        private readonly ImmutableArray<AnalyzedDiagnostic> _all;

        public ReportedDiagnostics(ImmutableArray<AnalyzedDiagnostic> all)
        {
            _all = all;
        }

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancel) =>
            Task.FromResult(In(project));

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancel)
        {
            SyntaxTree? tree = await document.GetSyntaxTreeAsync(cancel);
            return In(document.Project).Where(diagnostic => diagnostic.Location.SourceTree == tree);
        }

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancel) =>
            Task.FromResult(In(project).Where(diagnostic => !diagnostic.Location.IsInSource));

        private IEnumerable<Diagnostic> In(Project project) =>
            _all.Where(analyzed => analyzed.Project == project.Id).Select(analyzed => analyzed.Diagnostic);
    }
}
