using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>Statements that follow each other: of a block, of a switch section, or of a program without a class.</summary>
internal readonly record struct StatementList(SyntaxNode Owner)
{
    public IReadOnlyList<StatementSyntax> Statements => Owner switch
    {
        BlockSyntax block => (IReadOnlyList<StatementSyntax>)block.Statements,
        SwitchSectionSyntax section => section.Statements,
        CompilationUnitSyntax unit => unit.Members.OfType<GlobalStatementSyntax>().Select(global => global.Statement).ToArray(),
        _ => Array.Empty<StatementSyntax>(),
    };

    public static StatementList? Holding(SyntaxNode? statement) => statement?.Parent switch
    {
        BlockSyntax or SwitchSectionSyntax => new StatementList(statement.Parent),
        GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } => new StatementList(unit),
        _ => null,
    };

    public int IndexOf(StatementSyntax statement)
    {
        IReadOnlyList<StatementSyntax> statements = Statements;
        for (int i = 0; i < statements.Count; i++)
        {
            if (statements[i] == statement)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The owner with other statements.</summary>
    public SyntaxNode With(IEnumerable<StatementSyntax> statements) => Owner switch
    {
        BlockSyntax block => block.WithStatements(SyntaxFactory.List(statements)),
        SwitchSectionSyntax section => section.WithStatements(SyntaxFactory.List(statements)),
        CompilationUnitSyntax unit => unit.WithMembers(SyntaxFactory.List<MemberDeclarationSyntax>(
            [.. statements.Select(SyntaxFactory.GlobalStatement), .. unit.Members.Where(member => member is not GlobalStatementSyntax)])),
        _ => Owner,
    };
}
