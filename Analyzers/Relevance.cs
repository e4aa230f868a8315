using System.Collections.Concurrent;
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

    private static readonly HashSet<string> Nothing = [];

    private static readonly HashSet<string> Owning = new(ProtocolTable.OwnerNames.Concat(ProtocolTable.OwningNames), StringComparer.Ordinal);

    private static readonly HashSet<string> Owned = new(ProtocolTable.OwnerNames.Except(ProtocolTable.GateNames), StringComparer.Ordinal);

    private static readonly HashSet<string> Owner = new(ProtocolTable.OwnerNames, StringComparer.Ordinal);

    private static readonly NameSet Names = new([.. ProtocolTable.GateNames, .. Owned, .. Remarkable, "new", "fixed", "stackalloc", "using", "global"]);

    /// <summary>What is mentioned in each file; all of any other is relevant.</summary>
    private readonly Dictionary<SyntaxTree, Mentions> _files = [];
    private readonly bool _everywhere;
    private readonly bool _countsLambdas;

    /// <summary>The names of the types that may own something, and where else in each file they stand; found when somebody asks.</summary>
    private readonly HashSet<string> _owners = new(StringComparer.Ordinal);
    private readonly NameSet? _ownerNames;
    private readonly ConcurrentDictionary<SyntaxTree, Mentions> _ofOwners = [];

    /// <summary>Computed once for each version of a file, and kept by the compiler's driver for as long as that lives.</summary>
    public static SyntaxTreeValueProvider<Mentions> MentionsOf { get; } = new(static file => MentionsIn(file));

    /// <param name="compilation">The code.</param>
    /// <param name="protocols">What the APIs that it uses mean.</param>
    /// <param name="mentionsIn">Looks up <see cref="MentionsOf"/>; null where a file has none.</param>
    /// <param name="ownersIn">Looks up <see cref="OwnersOf"/>.</param>
    /// <param name="cancellation">Ends the look.</param>
    public Relevance(Compilation compilation, ProtocolTable protocols, Func<SyntaxTree, Mentions?> mentionsIn, Func<SyntaxTree, IReadOnlyList<string>?> ownersIn, CancellationToken cancellation)
    {
        foreach (SyntaxTree file in compilation.SyntaxTrees)
        {
            if (mentionsIn(file) is { MayOwn: true })
            {
                _owners.UnionWith(ownersIn(file) ?? []);
            }
        }

        _ownerNames = _owners.Count == 0 ? null : new NameSet(_owners);
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

    /// <summary>The types of a file that have something in them to give back, and a member that does, or that make such a thing for others; kept as <see cref="MentionsOf"/> is.</summary>
    public static SyntaxTreeValueProvider<IReadOnlyList<string>> OwnersOf { get; } = new(static file => [.. Owners.In(file, MentionsIn(file), Owner)]);

    /// <summary>Whether a type of this name may own something.</summary>
    public bool IsOwner(INamedTypeSymbol type) => _owners.Contains(type.Name);

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
        _everywhere || !_files.TryGetValue(file, out Mentions? mentions) || mentions.Within(span, _countsLambdas)
        || (_ownerNames is not null && _ofOwners.GetOrAdd(file, FindOwners).Within(span, false));

    private Mentions FindOwners(SyntaxTree file) => Mentions.In(file.GetText(), _ownerNames!, Nothing, Nothing, Nothing);

    private static Mentions MentionsIn(SyntaxTree file) => Mentions.In(file.GetText(), Names, Remarkable, Owning, Owned);
}
