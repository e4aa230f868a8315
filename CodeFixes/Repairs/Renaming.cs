using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>Another name in the same place.</summary>
internal static class Renaming
{
    public static T Renamed<T>(this T name, string other)
        where T : SimpleNameSyntax =>
        (T)name.WithIdentifier(SyntaxFactory.Identifier(name.Identifier.LeadingTrivia, other, name.Identifier.TrailingTrivia));
}
