using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2007 of a buffer that the arguments of socket operations in a field were set to: the operation goes on when the method that started it has
/// returned, disposal gives the buffer back, and nothing that it looks at tells whether the operation has completed.
/// </summary>
internal static class FreedUnderArguments
{
    private const string Arguments = "SocketAsyncEventArgs";

    public static IEnumerable<Diagnostic> In(TypeRecord record, IReadOnlyList<TypeMember> members, ImmutableDictionary<string, string?> properties)
    {
        HashSet<SyntaxNode> told = [];
        foreach (Deed release in record.Releases)
        {
            if (release.Member is not { EndsInstance: true, Method.ContainingType: { } type } || (release.Resource.Kind != ResourceKind.Rental && release.Resource.Kind != ResourceKind.Owner && release.Resource.Kind != ResourceKind.Pin)
                || MemberSyntax.MemberOf(release.Member) is not { } ending)
            {
                continue;
            }

            foreach (IFieldSymbol arguments in type.GetMembers().OfType<IFieldSymbol>().Where(static field => field is { IsStatic: false, Type.Name: Arguments }))
            {
                if (SetTo(arguments.Name, type, ending) is { } buffer && StartOf(arguments.Name, type) is { } start && !MayKnow(ending, buffer, arguments.Name, type) && told.Add(release.Fact.Operation.Syntax))
                {
                    yield return Diagnostic.Create(
                        ReleasedWhilePending.Words.Possible, Spots.OfRelease(release.Fact.Operation), new[] { start.GetLocation(), Spots.OfCall(release.Resource.Origin) }, properties,
                        buffer, NameOf(start), Spots.Line(start.GetLocation()));
                }
            }
        }
    }

    private static string NameOf(InvocationExpressionSyntax call) => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } ? name : call.Expression.ToString();

    /// <summary>The field with the buffer that the arguments are given, where disposal is about that field.</summary>
    private static string? SetTo(string arguments, INamedTypeSymbol type, SyntaxNode ending)
    {
        foreach (InvocationExpressionSyntax call in CallsIn(type))
        {
            if (call is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "SetBuffer", Expression: var on }, ArgumentList.Arguments: { Count: > 0 } given } && MemberSyntax.NameOf(on) == arguments
                && MemberSyntax.NameOf(MemberSyntax.RootOf(given[0].Expression)) is { } buffer && type.GetMembers(buffer).Any(static member => member is IFieldSymbol) && MemberSyntax.Mentions(ending, buffer))
            {
                return buffer;
            }
        }

        return null;
    }

    /// <summary>The call that starts an operation with the arguments.</summary>
    private static InvocationExpressionSyntax? StartOf(string arguments, INamedTypeSymbol type) => CallsIn(type).FirstOrDefault(call =>
        call is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ReceiveAsync" or "ReceiveFromAsync" or "ReceiveMessageFromAsync" or "SendAsync" or "SendToAsync" }, ArgumentList.Arguments: { Count: 1 } given }
        && MemberSyntax.NameOf(given[0].Expression) == arguments);

    private static IEnumerable<InvocationExpressionSyntax> CallsIn(INamedTypeSymbol type) =>
        MemberSyntax.MembersOf(type).SelectMany(static member => member.DescendantNodes().OfType<InvocationExpressionSyntax>());

    /// <summary>Whether disposal waits, or looks at anything that others than itself and the constructor write, the buffer aside.</summary>
    private static bool MayKnow(SyntaxNode ending, string buffer, string arguments, INamedTypeSymbol type)
    {
        HashSet<string> written = new(StringComparer.Ordinal);
        foreach (MemberDeclarationSyntax member in MemberSyntax.MembersOf(type))
        {
            if (member is MethodDeclarationSyntax && member != ending)
            {
                written.UnionWith(MemberSyntax.WrittenIn(member));
            }
        }

        written.Remove(buffer);
        written.Remove(arguments);
        foreach (SyntaxNode node in ending.DescendantNodes())
        {
            if (MemberSyntax.MayWait(node)
                || (node is InvocationExpressionSyntax { Expression: IdentifierNameSyntax } && !MemberSyntax.Mentions(node, buffer))
                || (node is IdentifierNameSyntax { Identifier.ValueText: var name } && (written.Contains(name) || MemberSyntax.SaysWait(name))))
            {
                return true;
            }
        }

        return false;
    }
}
