using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers;

/// <summary>
/// Which types and bodies of a compilation can concern a buffer at all, told from the names in their text before anything is bound: in code that uses
/// none of the APIs nothing else is ever looked at. What has no names to look for (APIs that the compilation describes by attributes or in a
/// contract file) makes everything relevant.
/// </summary>
internal sealed class Relevance
{
    private static readonly HashSet<string> Remarkable = new(AttributeContracts.ShortNames, StringComparer.Ordinal) { IteratorProtocol.IteratorName };

    /// <summary>What is mentioned in each file; all of any other is relevant.</summary>
    private readonly Dictionary<SyntaxTree, Mentions> _files = [];
    private readonly bool _everywhere;
    private readonly bool _countsLambdas;

    /// <summary>Computed once for each version of a file, and kept by the compiler's driver for as long as that lives.</summary>
    public static SyntaxTreeValueProvider<Mentions> MentionsOf { get; } = CreateProvider();

    /// <param name="compilation">The code.</param>
    /// <param name="protocols">What the APIs that it uses mean.</param>
    /// <param name="mentionsIn">Looks up <see cref="MentionsOf"/>; null where a file has none.</param>
    /// <param name="cancellation">Ends the look.</param>
    public Relevance(Compilation compilation, ProtocolTable protocols, Func<SyntaxTree, Mentions?> mentionsIn, CancellationToken cancellation)
    {
        _everywhere = protocols.HasUnnamed;
        if (_everywhere)
        {
            return;
        }

        foreach (SyntaxTree file in compilation.SyntaxTrees)
        {
            cancellation.ThrowIfCancellationRequested();
            if (mentionsIn(file) is not { } mentions || protocols.FollowsUnannotated(file))
            {
                continue;
            }

            _files[file] = mentions;
            _everywhere |= mentions.RenamesForAll || mentions.Remarkable.Overlaps(AttributeContracts.ShortNames);
            _countsLambdas |= mentions.Remarkable.Contains(IteratorProtocol.IteratorName);
        }
    }

    /// <summary>Whether anything in the type's text, or in that of the types within it, is worth a look.</summary>
    public bool Concerns(INamedTypeSymbol type)
    {
        foreach (SyntaxReference part in type.DeclaringSyntaxReferences)
        {
            if (Concerns(part.SyntaxTree, part.Span))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a body is worth a look, with the declaration that it is of.</summary>
    public bool Concerns(IOperation root) =>
        Concerns(root.Syntax.SyntaxTree, (root.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? root.Syntax).Span);

    private bool Concerns(SyntaxTree file, TextSpan span) =>
        _everywhere || !_files.TryGetValue(file, out Mentions? mentions) || mentions.Within(span, _countsLambdas);

    private static SyntaxTreeValueProvider<Mentions> CreateProvider()
    {
        NameSet names = new([.. ProtocolTable.GateNames, .. Remarkable, "new", "fixed", "stackalloc", "using", "global"]);
        return new SyntaxTreeValueProvider<Mentions>(file => Mentions.In(file.GetText(), names, Remarkable));
    }
}
