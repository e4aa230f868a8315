using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Protocols;
using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Rules.BaseLibrary;
using BufferLifetime.Analyzers.Symbols;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BufferLifetime.Analyzers;

/// <summary>
/// All rules behind one flow: the facts of a body are gathered and solved once, however many rules read them.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BufferLifetimeAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = RuleCatalogue.Descriptors.Insert(0, UnreadableContract.Descriptor);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (KnownTypes.AreReferencedBy(start.Compilation))
            {
                var protocols = new ProtocolTable(start.Compilation, start.Options.AdditionalFiles, start.CancellationToken)
                {
                    FollowsUnannotated = tree => Preferences.TurnsOn(RuleIds.KeptBeyondCall, tree, start.Compilation.Options, start.CancellationToken),
                };
                var relevance = new Relevance(
                    start.Compilation, protocols, file => start.TryGetValue(file, Relevance.MentionsOf, out Mentions? mentions) ? mentions : null,
                    file => start.TryGetValue(file, Relevance.OwnersOf, out IReadOnlyList<string>? owners) ? owners : null, start.CancellationToken);
                var others = new SourceTypes(new Source(start.Compilation).GraphOf, protocols, relevance.IsOwner);
                start.RegisterSymbolStartAction(
                    type =>
                    {
                        if (relevance.Concerns((INamedTypeSymbol)type.Symbol) || ReadByFinalizer.Concerns((INamedTypeSymbol)type.Symbol))
                        {
                            var analysis = new TypeAnalysis(protocols, relevance, others);
                            type.RegisterOperationBlockAction(analysis.Add);
                            type.RegisterSymbolEndAction(analysis.Finish);
                        }
                    },
                    SymbolKind.NamedType);
                start.RegisterAdditionalFileAction(file => UnreadableContract.Check(file, protocols));
            }
        });
    }
}
