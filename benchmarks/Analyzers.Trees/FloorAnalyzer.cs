#pragma warning disable RS2008, RS1033, RS1041 // It reports nothing, is released to nobody and is loaded by nothing but this program.

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Benchmarks;

/// <summary>
/// What no flow analysis of these APIs can go below: it finds the bodies that touch them, builds their control-flow graphs, and does nothing else.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class FloorAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableHashSet<string> Types =
    [
        "ArrayPool", "MemoryPool", "IMemoryOwner", "MemoryHandle", "MemoryManager", "GCHandle", "PinnedGCHandle", "WeakGCHandle", "NativeMemory", "Overlapped",
        "ThreadPoolBoundHandle", "PreAllocatedOverlapped", "SafeHandle", "SafeBuffer", "PipeReader", "IovIter", "PageLease", "PageFragments", "RegisteredBufferTable", "LentBuffer", "IoRequest",
    ];

    private static readonly ImmutableHashSet<string> Members = ["Pin", "AllocHGlobal", "AllocCoTaskMem", "FreeHGlobal", "FreeCoTaskMem", "AsPointer", "GetReference", "GetArrayDataReference"];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [new("FLOOR0001", "Floor", "Floor", "Floor", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationBlockAction(static block =>
        {
            foreach (IOperation root in block.OperationBlocks)
            {
                if (root.Descendants().Any(Touches))
                    block.GetControlFlowGraph(root);
            }
        });
    }

    private static bool Touches(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: var method } => Speaks(method),
        IPropertyReferenceOperation { Property: var property } => Speaks(property),
        IObjectCreationOperation { Constructor: { } constructor } => Speaks(constructor),
        IVariableDeclaratorOperation { Symbol.IsFixed: true } => true,
        _ => false,
    };

    private static bool Speaks(ISymbol member) => Members.Contains(member.Name) || Types.Contains(member.ContainingType.Name);
}
