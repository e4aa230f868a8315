using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.VerificationTests.Fakes;

/// <summary>Writes <c>good</c> for <c>bad</c> in the documents that it is told, whatever it is asked.</summary>
internal sealed class TextFixAll : FixAllProvider
{
    private readonly Func<Document, FixAllContext, bool> _includes;
    private readonly ImmutableArray<FixAllScope> _scopes;
    private readonly string _suffix;

    public TextFixAll(Func<Document, FixAllContext, bool> includes, FixAllScope[]? scopes = null, string suffix = "")
    {
        _includes = includes;
        _scopes = [.. scopes ?? [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution]];
        _suffix = suffix;
    }

    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => _scopes;

    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) =>
        Task.FromResult<CodeAction?>(CodeAction.Create("Rename all", cancel => FixAsync(fixAllContext, cancel), "all"));

    private async Task<Solution> FixAsync(FixAllContext context, CancellationToken cancel)
    {
        Solution solution = context.Project.Solution;
        var documents = solution.Projects.SelectMany(project => project.Documents).Where(document => _includes(document, context));
        foreach (Document document in documents)
        {
            SourceText text = await document.GetTextAsync(cancel);
            string renamed = text.ToString().Replace("bad", "good", StringComparison.Ordinal) + _suffix;
            solution = solution.WithDocumentText(document.Id, SourceText.From(renamed, text.Encoding));
        }

        return solution;
    }
}
