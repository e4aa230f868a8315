using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers;

/// <summary>
/// The types of a file that, by their text, may own something for those who make them, or make such a thing for others. Who names one of them in a
/// body may have to give it back there.
/// </summary>
internal static class Owners
{
    /// <param name="file">The file.</param>
    /// <param name="mentions">Where in it names stand that say so.</param>
    /// <param name="given">The types whose values are somebody's to give back.</param>
    public static IEnumerable<string> In(SyntaxTree file, Mentions mentions, ISet<string> given)
    {
        foreach (SyntaxNode node in file.GetRoot().DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        {
            if (node is TypeDeclarationSyntax and not InterfaceDeclarationSyntax && mentions.MayOwnWithin(node.Span) && node is TypeDeclarationSyntax type && type.Members.Any(member => MakesOrEnds(member, given)))
            {
                yield return type.Identifier.ValueText;
            }
        }
    }

    private static bool MakesOrEnds(MemberDeclarationSyntax member, ISet<string> given) => member is MethodDeclarationSyntax method && method switch
    {
        { ParameterList.Parameters.Count: 0, Identifier.ValueText: "Dispose" or "DisposeAsync" or "Close" } => true,
        { ParameterList.Parameters.Count: 0, Identifier.ValueText: var name } when Instance.SaysRelease(name) => true,
        _ => method.Modifiers.Any(static modifier => modifier.ValueText == "static") && method.ReturnType.DescendantTokens().Any(token => given.Contains(token.ValueText)),
    };
}
